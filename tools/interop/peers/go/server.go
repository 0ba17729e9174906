package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	chatpb "interop/gen/chat"
	hubpb "interop/gen/data_hub"
	jobpb "interop/gen/jobs"
	messagepb "interop/gen/messages"
	phonepb "interop/gen/phone"
	calcpb "interop/gen/streaming_calc"
)

const tick = 200 * time.Millisecond

type chatServer struct {
	chatpb.UnimplementedChatServer
	mode string
}

func (server chatServer) Chat(call grpc.BidiStreamingServer[chatpb.ChatMessage, wrapperspb.StringValue]) error {
	if server.mode == "gzip" {
		grpc.SetSendCompressor(call.Context(), gzip.Name)
	}
	if server.mode == "details" {
		violation := &errdetails.BadRequest_FieldViolation{Field: "name", Description: "too long"}
		failure, _ := status.New(codes.InvalidArgument, "name: zu lang für 🎈").
			WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{violation}})
		return failure.Err()
	}
	return untilHalfClose(call.Recv, func(message *chatpb.ChatMessage) error {
		return call.Send(wrapperspb.String(message.Name + ": " + message.Message))
	})
}

func untilHalfClose[Request any](receive func() (Request, error), take func(Request) error) error {
	for {
		request, err := receive()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = take(request)
		}
		if err != nil {
			return err
		}
	}
}

type calcServer struct {
	calcpb.UnimplementedStreamingCalcServiceServer
}

func (calcServer) Sum(call grpc.ClientStreamingServer[wrapperspb.Int64Value, wrapperspb.Int64Value]) error {
	var total int64
	err := untilHalfClose(call.Recv, func(value *wrapperspb.Int64Value) error {
		total += value.Value
		return nil
	})
	if err != nil {
		return err
	}
	return call.SendAndClose(wrapperspb.Int64(total))
}

func (calcServer) IncrementalSum(call grpc.BidiStreamingServer[wrapperspb.Int64Value, wrapperspb.Int64Value]) error {
	var total int64
	return untilHalfClose(call.Recv, func(value *wrapperspb.Int64Value) error {
		total += value.Value
		return call.Send(wrapperspb.Int64(total))
	})
}

type phoneServer struct {
	phonepb.UnimplementedPhoneServer
}

var sessions atomic.Int64

func (phoneServer) StreamCall(call grpc.BidiStreamingServer[phonepb.StreamCallRequest, phonepb.StreamCallResponse]) error {
	if _, err := call.Recv(); err != nil {
		return err
	}
	state := func(state phonepb.CallState_State) {
		call.Send(&phonepb.StreamCallResponse{
			StreamCallResponse: &phonepb.StreamCallResponse_CallState{CallState: &phonepb.CallState{State: state}},
		})
	}
	state(phonepb.CallState_NEW)
	info := &phonepb.CallInfo{SessionId: strconv.FormatInt(sessions.Add(1), 10), Media: "https://link.to.audio.resources"}
	call.Send(&phonepb.StreamCallResponse{StreamCallResponse: &phonepb.StreamCallResponse_CallInfo{CallInfo: info}})
	state(phonepb.CallState_ACTIVE)
	state(phonepb.CallState_ENDED)
	return nil
}

type egressServer struct {
	hubpb.UnimplementedEgressServer
}

func (egressServer) GetDataPackagesStream(request *hubpb.RequestGetDataPackage, call grpc.ServerStreamingServer[hubpb.ResponseGetDataPackageStream]) error {
	defer fmt.Println("subscriber gone")
	for {
		err := call.Send(&hubpb.ResponseGetDataPackageStream{
			IsSuccess: true, TrackingGuid: request.TrackingGuid, TagName: request.TagName, TagValue: "1",
		})
		if err != nil {
			return err
		}
		select {
		case <-call.Context().Done():
			return call.Context().Err()
		case <-time.After(tick):
		}
	}
}

type ingestServer struct {
	hubpb.UnimplementedIngestServer
}

func accepted(guid string, count int) *hubpb.ResponseSendDataPackage {
	return &hubpb.ResponseSendDataPackage{
		IsSuccess: true, TrackingGuid: guid, DataPackageCount: int64(count), TimeStamp: timestamppb.Now(),
	}
}

func (ingestServer) SendDataPackage(_ context.Context, request *hubpb.RequestSendDataPackage) (*hubpb.ResponseSendDataPackage, error) {
	return accepted(request.TrackingGuid, len(request.TagValue)), nil
}

func (ingestServer) SendDataPackagesStream(call grpc.ClientStreamingServer[hubpb.RequestSendDataPackageStream, hubpb.ResponseSendDataPackage]) error {
	guid, count := "", 0
	err := untilHalfClose(call.Recv, func(request *hubpb.RequestSendDataPackageStream) error {
		guid = request.TrackingGuid
		count++
		return nil
	})
	if err != nil {
		return err
	}
	return call.SendAndClose(accepted(guid, count))
}

type messageServer struct {
	messagepb.UnimplementedMessageServiceServer
}

func (messageServer) StreamMessages(call grpc.BidiStreamingServer[messagepb.MessageRequest, messagepb.MessageResponse]) error {
	heard := make(chan error, 1)
	go func() {
		heard <- untilHalfClose(call.Recv, func(*messagepb.MessageRequest) error { return nil })
	}()
	for {
		if err := call.Send(&messagepb.MessageResponse{Message: "Hello, world!"}); err != nil {
			return err
		}
		select {
		case err := <-heard:
			return err
		case <-time.After(tick):
		}
	}
}

type master struct {
	jobpb.UnimplementedJobServiceServer
}

// Has one text counted by the first worker, in one partition.
func (master) StreamJobs(call grpc.BidiStreamingServer[jobpb.JobMessage, jobpb.JobMessage]) error {
	call.SendHeader(nil)
	give := func(job *jobpb.Job) (*jobpb.JobReply, error) {
		if err := call.Send(&jobpb.JobMessage{Message: &jobpb.JobMessage_Job{Job: job}}); err != nil {
			return nil, err
		}
		message, err := call.Recv()
		return message.GetJobReply(), err
	}
	text := []byte("To be, or not to be")
	reply, err := give(&jobpb.Job{Id: "map-1", Attempt: 1, Work: &jobpb.Job_Map{Map: &jobpb.MapJob{Text: text, Partitions: 1}}})
	if err != nil {
		return err
	}
	counts := reply.GetMap().GetPartitions()
	reply, err = give(&jobpb.Job{Id: "reduce-1", Attempt: 1, Work: &jobpb.Job_Reduce{Reduce: &jobpb.ReduceJob{Counts: counts}}})
	if err != nil {
		return err
	}
	result := reply.GetReduce().GetCounts()
	var pairs []string
	for i, word := range result.GetWords() {
		pairs = append(pairs, fmt.Sprintf("%s: %d", word, result.Counts[i]))
	}
	sort.Strings(pairs)
	fmt.Println("counted", strings.Join(pairs, ", "))
	call.Send(&jobpb.JobMessage{Message: &jobpb.JobMessage_Shutdown{Shutdown: &jobpb.Shutdown{}}})
	_, err = call.Recv()
	return err
}

func requireToken(wanted string) grpc.StreamServerInterceptor {
	return func(server any, call grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		if given := metadata.ValueFromIncomingContext(call.Context(), "authorization"); len(given) != 1 || given[0] != wanted {
			return status.Error(codes.Unauthenticated, "no token")
		}
		return handler(server, call)
	}
}

// Serves all examples. HOST, TLS_CERT, TLS_KEY, TLS_CA, TOKEN_FILE and MIN_PING_SECONDS in the environment change it;
// the mode gzip compresses the replies of the chat, details ends it with an error that has details.
func serve(mode string) {
	options := []grpc.ServerOption{grpc.Creds(serverCredentials())}
	if token := read("TOKEN_FILE"); token != nil {
		options = append(options, grpc.StreamInterceptor(requireToken("Bearer "+strings.TrimSpace(string(token)))))
	}
	if seconds, err := strconv.Atoi(os.Getenv("MIN_PING_SECONDS")); err == nil {
		policy := keepalive.EnforcementPolicy{MinTime: time.Duration(seconds) * time.Second}
		options = append(options, grpc.KeepaliveEnforcementPolicy(policy))
	}
	server := grpc.NewServer(options...)
	chatpb.RegisterChatServer(server, chatServer{mode: mode})
	calcpb.RegisterStreamingCalcServiceServer(server, calcServer{})
	phonepb.RegisterPhoneServer(server, phoneServer{})
	hubpb.RegisterEgressServer(server, egressServer{})
	hubpb.RegisterIngestServer(server, ingestServer{})
	messagepb.RegisterMessageServiceServer(server, messageServer{})
	jobpb.RegisterJobServiceServer(server, master{})

	network, host := "tcp", "127.0.0.1:0"
	address := os.Getenv("HOST")
	if path, isSocket := strings.CutPrefix(address, "unix:"); isSocket {
		network, host = "unix", path
	} else if address != "" {
		host = address
	}
	listener, err := net.Listen(network, host)
	if err != nil {
		log.Fatal(err)
	}
	if network == "tcp" {
		address = fmt.Sprint("localhost:", listener.Addr().(*net.TCPAddr).Port)
	}
	fmt.Println("listens on", address)

	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM)
	go func() {
		<-stopped
		// GracefulStop waits for open calls without end.
		time.AfterFunc(time.Second, server.Stop)
		server.GracefulStop()
	}()
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
