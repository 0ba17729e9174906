// Clients and servers of the examples in Go.
package main

//go:generate go run ./generate

import (
	"log"
	"os"
)

const usage = "usage: peer client ADDRESS EXAMPLE CASE... | peer server [MODE] | peer worker ADDRESS"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal(usage)
	}
	switch os.Args[1] {
	case "client":
		callExample(os.Args[2], os.Args[3], os.Args[4:])
	case "server":
		mode := ""
		if len(os.Args) > 2 {
			mode = os.Args[2]
		}
		serve(mode)
	case "worker":
		work(os.Args[2])
	default:
		log.Fatal(usage)
	}
}
