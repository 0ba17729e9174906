// One side of a run by grpc-go: answers the commands of the benchmark, a line of JSON each, as side.ts does.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"
)

type command struct {
	Name string
	Port int
	Job  job
}

type answer struct {
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

type finish struct {
	Usage usage `json:"usage"`
}

type usage struct {
	CPUSeconds float64 `json:"cpuSeconds"`
	PeakMiB    float64 `json:"peakMiB"`
}

func main() {
	lines := make(chan []byte)
	go func() {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			lines <- append([]byte(nil), in.Bytes()...)
		}
		os.Exit(0) // the benchmark is gone, or done with this process
	}()
	out := json.NewEncoder(os.Stdout)
	var side side
	for line := range lines {
		var asked command
		err := json.Unmarshal(line, &asked)
		var result any
		if err == nil {
			result, err = side.run(asked)
		}
		if err != nil {
			out.Encode(answer{Error: err.Error()})
		} else {
			out.Encode(answer{Result: result})
		}
	}
}

type side struct {
	client     *client
	cpuAtBegin float64
}

func (s *side) run(asked command) (result any, err error) {
	switch asked.Name {
	case "listen":
		return listen()
	case "connect":
		s.client, err = connect(asked.Port)
		return nil, err
	case "work":
		return s.client.work(asked.Job)
	case "begin":
		s.cpuAtBegin = used().CPUSeconds
		return nil, nil
	case "finish":
		now := used()
		return finish{usage{now.CPUSeconds - s.cpuAtBegin, now.PeakMiB}}, nil
	}
	return nil, errors.New("there is no command " + asked.Name)
}

// used gives what this process has used in its life.
func used() usage {
	var of syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &of) != nil {
		return usage{}
	}
	// Kilobytes, but on a Mac bytes.
	peak := float64(of.Maxrss) / 1_024
	if runtime.GOOS == "darwin" {
		peak /= 1_024
	}
	cpu := time.Duration(of.Utime.Nano() + of.Stime.Nano())
	return usage{cpu.Seconds(), peak}
}
