// Package bind takes weights by name while a network is being recorded.
//
// A View is a weight map without what training wrappers put before every name.
// A Binder couples a View with the network that a family records: its helpers
// add a layer by the path of the module that owns the weights, so that a family
// reads like the framework's own forward method.
//
//	b := bind.New(net, bind.NewView(m))
//	x = b.Convolution("conv1", x, bind.Convolution{Out: 64, Kernel: trt.Dims{7, 7}, …})
//	x = b.BatchNorm("bn1", x, 1e-5)
//	y := b.Linear("fc", x, 1000)
//	net.MarkOutput(y, "output")
//	report, err := b.Finish()
//
// A tensor that is missing or has another count does not end the recording:
// zeros of the wanted dimensions take its place, and Finish reports every
// missing, misfitting and left-over tensor at once, each with the nearest
// names. So a wrong file costs one run, and no backend ever sees it.
//
// A layer is named like its module with slashes for dots: the weights
// layer1.0.conv1.weight belong to layer layer1/0/conv1.
package bind
