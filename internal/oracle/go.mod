// The reference executor is held against ONNX Runtime in a module of its own:
// its binding uses cgo, and nobody who imports the main module downloads it.
module github.com/trtbuild/trtbuild/internal/oracle

go 1.26.0

replace github.com/trtbuild/trtbuild => ../..

require (
	github.com/stretchr/testify v1.12.1
	github.com/trtbuild/trtbuild v0.0.0-00010101000000-000000000000
	github.com/yalue/onnxruntime_go v1.27.0
	google.golang.org/protobuf v1.36.12
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
