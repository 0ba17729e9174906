package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type job struct {
	Kind     string
	Size     int
	Streams  int
	Messages int
}

type report struct {
	Seconds  float64 `json:"seconds"`
	Messages int     `json:"messages"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
}

// client makes all its calls over one connection.
type client struct{ connection *grpc.ClientConn }

func connect(port int) (*client, error) {
	connection, err := grpc.NewClient(
		fmt.Sprintf("passthrough:///127.0.0.1:%d", port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(codec{})),
	)
	return &client{connection}, err
}

// work does a job; it fails unless every message arrived, in order and undamaged.
func (c *client) work(job job) (report, error) {
	count := (job.Messages + job.Streams - 1) / job.Streams
	text := textOf(job.Size)
	times := make([][]float64, job.Streams)
	failures := make([]error, job.Streams)
	var streams sync.WaitGroup
	start := time.Now()
	for i := range job.Streams {
		streams.Go(func() { times[i], failures[i] = c.stream(job, count, text) })
	}
	streams.Wait()
	seconds := time.Since(start).Seconds()
	all := slices.Concat(times...)
	slices.Sort(all)
	quantile := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return all[int(float64(len(all))*share)]
	}
	return report{seconds, count * job.Streams, quantile(0.5), quantile(0.99)}, errors.Join(failures...)
}

// stream does one stream's part of a job, and gives the round trips in microseconds where they are timed.
func (c *client) stream(job job, count int, text string) ([]float64, error) {
	switch job.Kind {
	case "bidi":
		return nil, c.bidi(count, text)
	case "server-streaming":
		return nil, c.serverStreaming(count, job.Size, text)
	case "client-streaming":
		return nil, c.clientStreaming(count, text)
	case "ping-pong":
		return c.pingPong(count, text)
	case "unary":
		return timed(count, text, c.unary)
	case "short":
		return timed(count, text, c.short)
	}
	return nil, fmt.Errorf("there is no %q", job.Kind)
}

func (c *client) start(method grpc.StreamDesc) (grpc.ClientStream, error) {
	return c.connection.NewStream(context.Background(), &method, "/"+service+"/"+method.StreamName)
}

func (c *client) bidi(count int, text string) error {
	stream, err := c.start(bidi)
	if err != nil {
		return err
	}
	go func() {
		for message := range messages(count, text) {
			if stream.SendMsg(message) != nil {
				return // receive says why
			}
		}
		stream.CloseSend()
	}()
	return receive(stream, count, text)
}

func (c *client) serverStreaming(count, size int, text string) error {
	stream, err := c.start(serverStreaming)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(numbered(count, strconv.Itoa(size))); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return receive(stream, count, text)
}

func receive(stream grpc.ClientStream, count int, text string) error {
	var received tally
	for {
		message := new(chatMessage)
		if err := stream.RecvMsg(message); err == io.EOF {
			return received.expect(count, text)
		} else if err != nil {
			return err
		}
		if err := received.add(message); err != nil {
			return err
		}
	}
}

func (c *client) clientStreaming(count int, text string) error {
	stream, err := c.start(clientStreaming)
	if err != nil {
		return err
	}
	for message := range messages(count, text) {
		if stream.SendMsg(message) != nil {
			break // RecvMsg says why
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	response := new(chatMessage)
	if err := stream.RecvMsg(response); err != nil {
		return err
	}
	if *response != *numbered(count, strconv.Itoa(count*len(text))) {
		return fmt.Errorf("the server received %s, %s", response.name, response.message)
	}
	return nil
}

func (c *client) pingPong(count int, text string) ([]float64, error) {
	stream, err := c.start(bidi)
	if err != nil {
		return nil, err
	}
	times, err := timed(count, text, func(message *chatMessage) (*chatMessage, error) {
		if err := stream.SendMsg(message); err != nil {
			return nil, err
		}
		response := new(chatMessage)
		return response, stream.RecvMsg(response)
	})
	if err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	return times, ended(stream)
}

func (c *client) unary(message *chatMessage) (*chatMessage, error) {
	response := new(chatMessage)
	return response, c.connection.Invoke(context.Background(), "/"+service+"/"+unary.MethodName, message, response)
}

// short makes a bidi call of one message each way.
func (c *client) short(message *chatMessage) (*chatMessage, error) {
	stream, err := c.start(bidi)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(message); err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	response := new(chatMessage)
	if err := stream.RecvMsg(response); err != nil {
		return nil, err
	}
	return response, ended(stream)
}

// ended fails unless the stream ends here with OK.
func ended(stream grpc.ClientStream) error {
	switch err := stream.RecvMsg(new(chatMessage)); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("there is a message too many")
	default:
		return err
	}
}

// timed sends one message after the other, each after the response to the last one.
func timed(count int, text string, exchange func(*chatMessage) (*chatMessage, error)) ([]float64, error) {
	times := make([]float64, 0, count)
	var responses tally
	for message := range messages(count, text) {
		start := time.Now()
		response, err := exchange(message)
		if err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(start).Nanoseconds())/1e3)
		if err := responses.add(response); err != nil {
			return nil, err
		}
	}
	return times, responses.expect(count, text)
}
