package bench;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;

final class Server {
  private static final String SERVICE = "bench.Bench";
  /** Requests that may be under way, as many as the transport takes. */
  private static final int REQUESTS_AHEAD = 16;

  static final MethodDescriptor<ChatMessage, ChatMessage> BIDI = method("Bidi", MethodType.BIDI_STREAMING);
  static final MethodDescriptor<ChatMessage, ChatMessage> SERVER_STREAMING =
      method("ServerStreaming", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<ChatMessage, ChatMessage> CLIENT_STREAMING =
      method("ClientStreaming", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<ChatMessage, ChatMessage> UNARY = method("Unary", MethodType.UNARY);

  private static MethodDescriptor<ChatMessage, ChatMessage> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(ChatMessage.MARSHALLER, ChatMessage.MARSHALLER)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setType(type)
        .build();
  }

  /** Starts the server on a free port, and gives the port. */
  static int listen() throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .directExecutor()
        .addService(
            ServerServiceDefinition.builder(SERVICE)
                .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(Server::bidi))
                .addMethod(SERVER_STREAMING, ServerCalls.asyncServerStreamingCall(Server::serverStreaming))
                .addMethod(CLIENT_STREAMING, ServerCalls.asyncClientStreamingCall(Server::clientStreaming))
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(Server::unary))
                .build())
        .build()
        .start()
        .getPort();
  }

  /** Sends every message back; reads no more than the transport takes. */
  private static StreamObserver<ChatMessage> bidi(StreamObserver<ChatMessage> observer) {
    var responses = (ServerCallStreamObserver<ChatMessage>) observer;
    responses.disableAutoRequest();
    responses.request(REQUESTS_AHEAD);
    return new StreamObserver<>() {
      private int unasked;

      {
        responses.setOnReadyHandler(this::ask);
      }

      private void ask() {
        if (unasked == 0 || !responses.isReady()) return;
        responses.request(unasked);
        unasked = 0;
      }

      @Override
      public void onNext(ChatMessage message) {
        responses.onNext(message);
        unasked++;
        ask();
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  /** Sends as many messages as the number of the order says, of the size that its text says. */
  private static void serverStreaming(ChatMessage order, StreamObserver<ChatMessage> observer) {
    var responses = (ServerCallStreamObserver<ChatMessage>) observer;
    var messages = new Messages(order.number(), ChatMessage.textOf(Integer.parseInt(order.message())));
    responses.setOnReadyHandler(
        () -> {
          if (!messages.hasNext()) return;
          while (responses.isReady() && messages.hasNext()) responses.onNext(messages.next());
          if (!messages.hasNext()) responses.onCompleted();
        });
  }

  private static StreamObserver<ChatMessage> clientStreaming(StreamObserver<ChatMessage> response) {
    var tally = new Tally();
    return new StreamObserver<>() {
      @Override
      public void onNext(ChatMessage message) {
        tally.add(message);
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        response.onNext(tally.toMessage());
        response.onCompleted();
      }
    };
  }

  private static void unary(ChatMessage request, StreamObserver<ChatMessage> response) {
    response.onNext(request);
    response.onCompleted();
  }

  private Server() {}
}
