// The way C++ programs over TensorRT usually read a .wts file: one formatted
// extraction per value. The benchmark compiles it with g++ -O2.
//
// usage: iostream FILE; prints seconds, values and the sum of their bits.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

struct Weights {
  const void* values;
  int64_t count;
};

static std::map<std::string, Weights> load(const std::string& file) {
  std::map<std::string, Weights> all;
  std::ifstream in(file);
  int32_t tensors;
  in >> tensors;
  while (tensors--) {
    std::string name;
    uint32_t count;
    in >> name >> std::dec >> count;
    auto* values = static_cast<uint32_t*>(std::malloc(sizeof(uint32_t) * count));
    for (uint32_t i = 0; i < count; ++i) in >> std::hex >> values[i];
    all[name] = Weights{values, count};
  }
  return all;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto start = std::chrono::steady_clock::now();
  auto all = load(argv[1]);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  uint64_t count = 0, sum = 0;
  for (auto& [name, w] : all)
    for (int64_t i = 0; i < w.count; ++i, ++count) sum += static_cast<const uint32_t*>(w.values)[i];
  std::printf("%.6f %llu %llu\n", seconds.count(), (unsigned long long)count, (unsigned long long)sum);
}
