// Package onnx reads the weights of ONNX models: names, element types, shapes
// and values of the tensors of the main graph and of the graphs nested in it.
//
// Listed are, in file order,
//
//   - initializers;
//   - the value of Constant nodes, under the name of the node's output, with the
//     role of a buffer;
//   - both of graphs that are attributes of nodes (If, Loop, Scan), under the
//     path to them: the first output of the node, the attribute, then the name,
//     as in "if_out/then_branch/w". Outputs are what ONNX keeps unique; node
//     names may be missing or come twice.
//
// The bodies of model-local functions, training graphs and the numbers that
// nodes have as plain attributes are not weights and are not listed.
//
// Open walks the protobuf encoding by positioned reads and notes where values
// lie; it never loads the file, whatever its size. Values in raw_data, in
// external files and in packed float_data or double_data are read as they are,
// from their place in the file. Other typed fields are decoded when asked for;
// packed integers are counted when the file is opened, which reads them once.
//
// External files are looked for in the folder of the model and nowhere else: no
// absolute path, no "..", no symbolic link that leads out of it. A checksum is
// held against the file when the first value of it is read.
//
// Sparse tensors, strings, segments and types of less than a byte are refused by
// the name of the tensor.
package onnx
