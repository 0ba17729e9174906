package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	chatpb "interop/gen/chat"
	hubpb "interop/gen/data_hub"
	messagepb "interop/gen/messages"
	phonepb "interop/gen/phone"
	calcpb "interop/gen/streaming_calc"
)

const (
	guid       = "6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11"
	subscriber = "00000000-0000-0000-0000-000000000001"
)

type cases map[string]func() string

// Calls a server of an example. Prints a line for each case: its name, a tab, the messages that came, and the status.
func callExample(address, example string, names []string) {
	examples := map[string]func(string) cases{
		"chat": chatCases, "calc": calcCases, "call": phoneCases, "datahub": hubCases, "message": messageCases,
	}
	found := examples[example](address)
	for _, name := range names {
		run, ok := found[name]
		if !ok {
			log.Fatalf("no case %q", name)
		}
		fmt.Printf("%s\t%s\n", name, run())
	}
}

func outcome(messages []string, err error) string {
	return strings.Join(messages, " | ") + " -> " + statusOf(err)
}

func statusOf(err error) string {
	if err == nil || err == io.EOF {
		return "OK"
	}
	s := status.Convert(err)
	// As the specification spells them: DEADLINE_EXCEEDED.
	name := map[codes.Code]string{
		codes.Canceled: "CANCELLED", codes.DeadlineExceeded: "DEADLINE_EXCEEDED", codes.InvalidArgument: "INVALID_ARGUMENT",
		codes.OutOfRange: "OUT_OF_RANGE", codes.ResourceExhausted: "RESOURCE_EXHAUSTED", codes.Unauthenticated: "UNAUTHENTICATED",
		codes.Unavailable: "UNAVAILABLE", codes.Unimplemented: "UNIMPLEMENTED",
	}[s.Code()]
	if name == "" {
		name = s.Code().String()
	}
	return name + ": " + s.Message()
}

// Reads all that comes; heard is called after each message.
func readAll[Response any](receive func() (Response, error), text func(Response) string, heard func(count int)) string {
	var messages []string
	for {
		response, err := receive()
		if err != nil {
			return outcome(messages, err)
		}
		messages = append(messages, text(response))
		if heard != nil {
			heard(len(messages))
		}
	}
}

func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 3*time.Minute)
}

func chatCases(address string) cases {
	connection := dial(address)
	said := []*chatpb.ChatMessage{{Name: "Sam", Message: "Hi"}, {Name: "Ann", Message: "Hey"}, {Name: "John", Message: "Hello"}}
	value := func(reply *wrapperspb.StringValue) string { return reply.Value }
	open := func(connection *grpc.ClientConn, ctx context.Context, options ...grpc.CallOption) grpc.BidiStreamingClient[chatpb.ChatMessage, wrapperspb.StringValue] {
		call, err := chatpb.NewChatClient(connection).Chat(ctx, options...)
		if err != nil {
			log.Fatal(err)
		}
		return call
	}
	sayAll := func(messages []*chatpb.ChatMessage, options ...grpc.CallOption) string {
		ctx, cancel := soon()
		defer cancel()
		call := open(connection, ctx, options...)
		for _, message := range messages {
			if call.Send(message) != nil {
				break // the status comes with the next read
			}
		}
		call.CloseSend()
		return readAll(call.Recv, value, nil)
	}
	return cases{
		"call":         func() string { return sayAll(said) },
		"gzip":         func() string { return sayAll(said, grpc.UseCompressor(gzip.Name)) },
		"nothing sent": func() string { return sayAll(nil) },
		"Unicode":      func() string { return sayAll([]*chatpb.ChatMessage{{Name: "Zoë", Message: "🎈"}}) },
		"message too large": func() string {
			return sayAll([]*chatpb.ChatMessage{{Name: "Sam", Message: strings.Repeat("x", 5<<20)}}, grpc.MaxCallSendMsgSize(math.MaxInt32))
		},
		"one at a time": func() string {
			ctx, cancel := soon()
			defer cancel()
			call := open(connection, ctx)
			call.Send(said[0])
			return readAll(call.Recv, value, func(count int) {
				if count < len(said) {
					call.Send(said[count])
				} else {
					call.CloseSend()
				}
			})
		},
		"cancel": func() string {
			ctx, cancel := soon()
			call := open(connection, ctx)
			call.Send(said[0])
			return readAll(call.Recv, value, func(int) { cancel() })
		},
		"deadline": func() string {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			call, err := chatpb.NewChatClient(connection).Chat(ctx)
			if err == nil {
				_, err = call.Recv()
			}
			return outcome(nil, err)
		},
		"unknown method": func() string {
			ctx, cancel := soon()
			defer cancel()
			return outcome(nil, connection.Invoke(ctx, "/Chat/nope", &wrapperspb.StringValue{}, &wrapperspb.StringValue{}))
		},
		"idle beyond the ping limit": func() string {
			// grpc-go pings every 10 s at most.
			pings := keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 10 * time.Second, PermitWithoutStream: true}
			pinging := dial(address, grpc.WithKeepaliveParams(pings))
			defer pinging.Close()
			ctx, cancel := soon()
			defer cancel()
			call := open(pinging, ctx)
			call.Send(said[0])
			return readAll(call.Recv, value, func(count int) {
				if count == 1 {
					time.Sleep(35 * time.Second)
					call.Send(said[1])
				}
				if count == 2 {
					call.CloseSend()
				}
			})
		},
		"server stops": func() string {
			ctx, cancel := soon()
			defer cancel()
			call := open(connection, ctx)
			call.Send(said[0])
			return readAll(call.Recv, func(reply *wrapperspb.StringValue) string {
				fmt.Println("heard", reply.Value)
				return reply.Value
			}, nil)
		},
	}
}

func calcCases(address string) cases {
	client := calcpb.NewStreamingCalcServiceClient(dial(address))
	sum := func(values []int64, options ...grpc.CallOption) string {
		ctx, cancel := soon()
		defer cancel()
		call, err := client.Sum(ctx, options...)
		if err != nil {
			return outcome(nil, err)
		}
		for _, value := range values {
			if call.Send(wrapperspb.Int64(value)) != nil {
				break
			}
		}
		total, err := call.CloseAndRecv()
		if err != nil {
			return outcome(nil, err)
		}
		return outcome([]string{strconv.FormatInt(total.Value, 10)}, nil)
	}
	to := func(last int64) []int64 {
		values := make([]int64, last)
		for i := range values {
			values[i] = int64(i) + 1
		}
		return values
	}
	return cases{
		"sum":            func() string { return sum(to(10)) },
		"sum of nothing": func() string { return sum(nil) },
		"largest sum":    func() string { return sum([]int64{math.MaxInt64 - 1, 1}) },
		"overflow":       func() string { return sum([]int64{math.MaxInt64, 1}) },
		"sum of 50,000":  func() string { return sum(to(50_000)) },
		"gzip":           func() string { return sum(to(10), grpc.UseCompressor(gzip.Name)) },
		"incremental sum": func() string {
			ctx, cancel := soon()
			defer cancel()
			call, err := client.IncrementalSum(ctx)
			if err != nil {
				return outcome(nil, err)
			}
			for _, value := range to(4) {
				call.Send(wrapperspb.Int64(value))
			}
			call.CloseSend()
			return readAll(call.Recv, func(total *wrapperspb.Int64Value) string { return strconv.FormatInt(total.Value, 10) }, nil)
		},
	}
}

func phoneCases(address string) cases {
	client := phonepb.NewPhoneClient(dial(address))
	call := func(numbers []string, heard func(hangUp context.CancelFunc)) string {
		ctx, cancel := soon()
		defer cancel()
		call, err := client.StreamCall(ctx)
		if err != nil {
			return outcome(nil, err)
		}
		for _, number := range numbers {
			call.Send(&phonepb.StreamCallRequest{PhoneNumber: number})
		}
		call.CloseSend()
		event := func(response *phonepb.StreamCallResponse) string {
			if info := response.GetCallInfo(); info != nil {
				return info.Media
			}
			return response.GetCallState().State.String()
		}
		return readAll(call.Recv, event, func(int) {
			if heard != nil {
				heard(cancel)
			}
		})
	}
	return cases{
		"call":       func() string { return call([]string{"94771234567"}, nil) },
		"hang up":    func() string { return call([]string{"94771234567"}, func(hangUp context.CancelFunc) { hangUp() }) },
		"bad number": func() string { return call([]string{"x"}, nil) },
		"no number":  func() string { return call(nil, nil) },
	}
}

func hubCases(address string) cases {
	connection := dial(address)
	egress, ingest := hubpb.NewEgressClient(connection), hubpb.NewIngestClient(connection)
	subscription := &hubpb.RequestGetDataPackage{TagName: "Go", TrackingGuid: subscriber}
	accepted := func(response *hubpb.ResponseSendDataPackage, err error) string {
		if err != nil {
			return outcome(nil, err)
		}
		return outcome([]string{strconv.FormatInt(response.DataPackageCount, 10)}, nil)
	}
	send := func(telemetryGuid string, values ...string) string {
		ctx, cancel := soon()
		defer cancel()
		return accepted(ingest.SendDataPackage(ctx, &hubpb.RequestSendDataPackage{
			TelemetryGuid: telemetryGuid, TrackingGuid: guid, TagName: "Go", TagValue: values,
		}))
	}
	return cases{
		"unary":    func() string { return send(guid, "A01", "A02") },
		"bad GUID": func() string { return send("x", "A01") },
		"client streaming": func() string {
			ctx, cancel := soon()
			defer cancel()
			call, err := ingest.SendDataPackagesStream(ctx)
			if err != nil {
				return outcome(nil, err)
			}
			for i := range 10 {
				call.Send(&hubpb.RequestSendDataPackageStream{
					TelemetryGuid: guid, TrackingGuid: guid, TagName: "Go stream", TagValue: strconv.Itoa(i),
				})
			}
			return accepted(call.CloseAndRecv())
		},
		"server streaming and cancel": func() string {
			ctx, cancel := soon()
			defer cancel()
			call, err := egress.GetDataPackagesStream(ctx, subscription)
			if err != nil {
				return outcome(nil, err)
			}
			// The first tick: the subscription is in place.
			if _, err := call.Recv(); err != nil {
				return outcome(nil, err)
			}
			send(guid, "A01", "A02", "A03")
			var values []string
			for {
				response, err := call.Recv()
				if err != nil {
					return outcome(values, err)
				}
				if response.TrackingGuid == guid {
					values = append(values, response.TagValue)
				}
				if len(values) == 3 {
					cancel()
				}
			}
		},
		"deadline": func() string {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			call, err := egress.GetDataPackagesStream(ctx, subscription)
			for err == nil {
				_, err = call.Recv()
			}
			return outcome(nil, err)
		},
	}
}

func messageCases(address string) cases {
	client := messagepb.NewMessageServiceClient(dial(address))
	// Hears so many messages, then half-closes.
	hear := func(count int, says bool) string {
		ctx, cancel := soon()
		defer cancel()
		call, err := client.StreamMessages(ctx)
		if err != nil {
			return outcome(nil, err)
		}
		// The headers come before any message.
		if _, err := call.Header(); err != nil {
			return outcome(nil, err)
		}
		var messages []string
		for {
			if says && len(messages) < count {
				call.Send(&messagepb.MessageRequest{Name: "Hello, world!"})
			}
			response, err := call.Recv()
			if err != nil {
				return outcome(messages, err)
			}
			if len(messages) < count {
				messages = append(messages, response.Message)
			}
			if len(messages) == count {
				call.CloseSend()
			}
		}
	}
	return cases{
		"both ways":    func() string { return hear(3, true) },
		"nothing sent": func() string { return hear(1, false) },
	}
}
