package main

import (
	"context"
	"io"
	"net"
	"strconv"

	"google.golang.org/grpc"
)

const service = "bench.Bench"

var (
	bidi            = grpc.StreamDesc{StreamName: "Bidi", Handler: serveBidi, ClientStreams: true, ServerStreams: true}
	serverStreaming = grpc.StreamDesc{StreamName: "ServerStreaming", Handler: serveServerStreaming, ServerStreams: true}
	clientStreaming = grpc.StreamDesc{StreamName: "ClientStreaming", Handler: serveClientStreaming, ClientStreams: true}
	unary           = grpc.MethodDesc{MethodName: "Unary", Handler: serveUnary}
)

// listen starts the server on a free port, and gives the port.
func listen() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(codec{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: service,
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{unary},
		Streams:     []grpc.StreamDesc{bidi, serverStreaming, clientStreaming},
	}, nil)
	go server.Serve(listener)
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// serveBidi sends every message back.
func serveBidi(_ any, stream grpc.ServerStream) error {
	for {
		message := new(chatMessage)
		if err := stream.RecvMsg(message); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := stream.SendMsg(message); err != nil {
			return err
		}
	}
}

// serveServerStreaming sends as many messages as the number of the order says, of the size that its text says.
func serveServerStreaming(_ any, stream grpc.ServerStream) error {
	order := new(chatMessage)
	if err := stream.RecvMsg(order); err != nil {
		return err
	}
	count, err := order.number()
	if err != nil {
		return err
	}
	size, err := strconv.Atoi(order.message)
	if err != nil {
		return err
	}
	for message := range messages(count, textOf(size)) {
		if err := stream.SendMsg(message); err != nil {
			return err
		}
	}
	return nil
}

// serveClientStreaming answers with the count of the messages, and of their characters.
func serveClientStreaming(_ any, stream grpc.ServerStream) error {
	var received tally
	for {
		message := new(chatMessage)
		if err := stream.RecvMsg(message); err == io.EOF {
			return stream.SendMsg(numbered(received.count, strconv.Itoa(received.characters)))
		} else if err != nil {
			return err
		}
		if err := received.add(message); err != nil {
			return err
		}
	}
}

func serveUnary(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	message := new(chatMessage)
	if err := decode(message); err != nil {
		return nil, err
	}
	return message, nil
}
