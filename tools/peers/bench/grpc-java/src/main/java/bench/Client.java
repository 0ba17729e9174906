package bench;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes all its calls over one connection. */
final class Client {
  private final Channel channel;

  Client(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().build();
  }

  /** So many messages of one kind and size, over so many streams of one connection. */
  record Job(String kind, int size, int streams, int messages) {}

  record Report(double seconds, int messages, double p50, double p99) {}

  /** Does a job; throws unless every message arrived, in order and undamaged. */
  Report work(Job job) throws InterruptedException, ExecutionException {
    int count = (job.messages + job.streams - 1) / job.streams;
    var threads = Executors.newFixedThreadPool(job.streams);
    long start = System.nanoTime();
    var streams = new ArrayList<Future<double[]>>();
    for (int i = 0; i < job.streams; i++) streams.add(threads.submit(() -> stream(job, count)));
    var times = new ArrayList<double[]>();
    for (var stream : streams) times.add(stream.get());
    double seconds = (System.nanoTime() - start) / 1e9;
    threads.shutdown();
    double[] sorted = times.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return new Report(seconds, count * job.streams, quantile(sorted, 0.5), quantile(sorted, 0.99));
  }

  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * share)];
  }

  /** Does one stream's part of a job, and gives the round trips in microseconds where they are timed. */
  private double[] stream(Job job, int count) throws InterruptedException, ExecutionException {
    String text = ChatMessage.textOf(job.size);
    switch (job.kind) {
      case "bidi" -> bidi(count, text);
      case "server-streaming" -> serverStreaming(count, job.size, text);
      case "client-streaming" -> clientStreaming(count, text);
      case "ping-pong" -> {
        return pingPong(count, text);
      }
      case "unary" -> {
        return timed(count, text, this::unary);
      }
      case "short" -> {
        return timed(count, text, this::shortCall);
      }
      default -> throw new IllegalArgumentException("there is no " + job.kind);
    }
    return new double[0];
  }

  private void bidi(int count, String text) {
    var tally = new Tally();
    var call = new Call(new Messages(count, text), tally::add);
    ClientCalls.asyncBidiStreamingCall(channel.newCall(Server.BIDI, CallOptions.DEFAULT), call);
    call.ended.join();
    tally.expect(count, text);
  }

  private void serverStreaming(int count, int size, String text) {
    var tally = new Tally();
    var call = new Call(null, tally::add);
    var order = ChatMessage.numbered(count, Integer.toString(size));
    ClientCalls.asyncServerStreamingCall(channel.newCall(Server.SERVER_STREAMING, CallOptions.DEFAULT), order, call);
    call.ended.join();
    tally.expect(count, text);
  }

  private void clientStreaming(int count, String text) {
    var call = new Call(new Messages(count, text), response -> Tally.expect(response, Tally.of(count, text)));
    ClientCalls.asyncClientStreamingCall(channel.newCall(Server.CLIENT_STREAMING, CallOptions.DEFAULT), call);
    call.ended.join();
  }

  private double[] pingPong(int count, String text) {
    var game = new PingPong(new Messages(count, text), new double[count]);
    game.play(ClientCalls.asyncBidiStreamingCall(channel.newCall(Server.BIDI, CallOptions.DEFAULT), game));
    game.ended.join();
    game.tally.expect(count, text);
    return game.times;
  }

  private ChatMessage unary(ChatMessage message) {
    return ClientCalls.blockingUnaryCall(channel, Server.UNARY, CallOptions.DEFAULT, message);
  }

  /** A bidi call of one message each way. */
  private ChatMessage shortCall(ChatMessage message) {
    var responses = new ArrayList<ChatMessage>();
    var call = new Call(Stream.of(message).iterator(), responses::add);
    ClientCalls.asyncBidiStreamingCall(channel.newCall(Server.BIDI, CallOptions.DEFAULT), call);
    call.ended.join();
    if (responses.size() != 1) throw new IllegalStateException(responses.size() + " responses arrived");
    return responses.get(0);
  }

  /** Sends one message after the other, each after the response to the last one. */
  private static double[] timed(int count, String text, UnaryOperator<ChatMessage> exchange) {
    double[] times = new double[count];
    var tally = new Tally();
    var messages = new Messages(count, text);
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      var response = exchange.apply(messages.next());
      times[i] = (System.nanoTime() - start) / 1e3;
      tally.add(response);
    }
    tally.expect(count, text);
    return times;
  }

  /** Sends while the transport takes messages, and hands on the responses. */
  private static final class Call implements ClientResponseObserver<ChatMessage, ChatMessage> {
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Iterator<ChatMessage> requests;
    private final Consumer<ChatMessage> onResponse;

    /** @param requests null for a call whose only request is given with it */
    Call(Iterator<ChatMessage> requests, Consumer<ChatMessage> onResponse) {
      this.requests = requests;
      this.onResponse = onResponse;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ChatMessage> stream) {
      if (requests == null) return;
      stream.setOnReadyHandler(
          () -> {
            if (!requests.hasNext()) return;
            while (stream.isReady() && requests.hasNext()) stream.onNext(requests.next());
            if (!requests.hasNext()) stream.onCompleted();
          });
    }

    @Override
    public void onNext(ChatMessage response) {
      onResponse.accept(response);
    }

    @Override
    public void onError(Throwable error) {
      ended.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }

  /** One message in flight, each round trip timed. */
  private static final class PingPong implements StreamObserver<ChatMessage> {
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    final Tally tally = new Tally();
    final double[] times;
    private final Messages messages;
    private volatile StreamObserver<ChatMessage> requests;
    private long sentAt;
    private int received;

    PingPong(Messages messages, double[] times) {
      this.messages = messages;
      this.times = times;
    }

    void play(StreamObserver<ChatMessage> requests) {
      this.requests = requests;
      serve();
    }

    private void serve() {
      if (messages.hasNext()) {
        sentAt = System.nanoTime();
        requests.onNext(messages.next());
      } else {
        requests.onCompleted();
      }
    }

    @Override
    public void onNext(ChatMessage response) {
      times[received++] = (System.nanoTime() - sentAt) / 1e3;
      tally.add(response);
      serve();
    }

    @Override
    public void onError(Throwable error) {
      ended.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }
}
