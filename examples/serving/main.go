// Serves an engine over HTTP: POST an image, get the outputs as JSON.
//
//	trtbuild --wts yolov8n.wts --backend mock
//	go run ./examples/serving --engine yolov8n.fp32.mockplan --backend mock
//	curl --data-binary @bus.jpg localhost:8080
//
// The mock computes on the CPU, so that a server can be written and tested on a
// laptop; only the name of the backend and the engine change where it is deployed.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/trtbuild/trtbuild/trt/backend"
)

func main() {
	engine := flag.String("engine", "", "engine to serve; its manifest lies beside it")
	name := flag.String("backend", "auto", "backend that runs it: auto, rtx, tensorrt or mock")
	addr := flag.String("addr", "localhost:8080", "address to listen on")
	flag.Parse()
	if err := serve(context.Background(), *engine, *name, *addr); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, engine, name, addr string) error {
	b, err := backend.Open(ctx, name, backend.Options{})
	if err != nil {
		return err
	}
	defer b.Close()
	m, err := load(ctx, b, engine)
	if err != nil {
		return err
	}
	defer m.Close()
	log.Printf("serving %s on %s", engine, addr)
	server := &http.Server{Addr: addr, Handler: m, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
