import MsgBroker.DataHub;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import grpc.testing.PhoneOuterClass;
import grpc.testing.PhoneOuterClass.CallState.State;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jobs.Jobs;
import messages.Messages;

/**
 * Serves all examples on a free port: {@code Server [MODE]}.
 *
 * <p>Prints where it listens. HOST, TLS_CERT, TLS_KEY, TLS_CA, TOKEN_FILE and MIN_PING_SECONDS in the environment change
 * it. Modes: gzip compresses the replies of the chat, details ends it with an error that has details.
 */
final class Server {
  private static final ScheduledExecutorService CLOCK = Executors.newScheduledThreadPool(1);
  private static final AtomicInteger SESSIONS = new AtomicInteger();
  private static final int TICK_MS = 200;

  /** What a handler does with the messages of its caller, and at the half-close. */
  private static <Q> StreamObserver<Q> each(Consumer<Q> take, Runnable halfClose) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Q message) {
        take.accept(message);
      }

      @Override
      public void onError(Throwable cancelled) {}

      @Override
      public void onCompleted() {
        halfClose.run();
      }
    };
  }

  private static StreamObserver<ChatOuterClass.ChatMessage> chat(StreamObserver<StringValue> replies, String mode) {
    if (mode.equals("gzip")) ((ServerCallStreamObserver<StringValue>) replies).setCompression("gzip");
    if (mode.equals("details")) {
      var violation = BadRequest.FieldViolation.newBuilder().setField("name").setDescription("too long");
      var details = BadRequest.newBuilder().addFieldViolations(violation).build();
      var error =
          com.google.rpc.Status.newBuilder()
              .setCode(Status.Code.INVALID_ARGUMENT.value())
              .setMessage("name: zu lang für 🎈")
              .addDetails(Any.pack(details));
      replies.onError(StatusProto.toStatusRuntimeException(error.build()));
      return each(message -> {}, () -> {});
    }
    return each(
        message -> replies.onNext(StringValue.of(message.getName() + ": " + message.getMessage())),
        replies::onCompleted);
  }

  private static StreamObserver<Int64Value> sum(StreamObserver<Int64Value> replies, boolean isIncremental) {
    long[] total = {0};
    return each(
        value -> {
          total[0] += value.getValue();
          if (isIncremental) replies.onNext(Int64Value.of(total[0]));
        },
        () -> {
          if (!isIncremental) replies.onNext(Int64Value.of(total[0]));
          replies.onCompleted();
        });
  }

  private static StreamObserver<PhoneOuterClass.StreamCallRequest> streamCall(
      StreamObserver<PhoneOuterClass.StreamCallResponse> responses) {
    Consumer<State> state =
        now ->
            responses.onNext(
                PhoneOuterClass.StreamCallResponse.newBuilder()
                    .setCallState(PhoneOuterClass.CallState.newBuilder().setState(now))
                    .build());
    return each(
        request -> {
          state.accept(State.NEW);
          var info =
              PhoneOuterClass.CallInfo.newBuilder()
                  .setSessionId(Integer.toString(SESSIONS.getAndIncrement()))
                  .setMedia("https://link.to.audio.resources");
          responses.onNext(PhoneOuterClass.StreamCallResponse.newBuilder().setCallInfo(info).build());
          state.accept(State.ACTIVE);
          state.accept(State.ENDED);
          responses.onCompleted();
        },
        () -> {});
  }

  /** Sends the message at once and at every tick, until the caller cancels. */
  private static <R> ScheduledFuture<?> everyTick(StreamObserver<R> responses, R message, Runnable cancelled) {
    var call = (ServerCallStreamObserver<R>) responses;
    var ticking =
        CLOCK.scheduleAtFixedRate(
            () -> {
              if (!call.isCancelled()) call.onNext(message);
            },
            0,
            TICK_MS,
            TimeUnit.MILLISECONDS);
    call.setOnCancelHandler(
        () -> {
          ticking.cancel(false);
          cancelled.run();
        });
    return ticking;
  }

  private static void subscribe(
      DataHub.RequestGetDataPackage request, StreamObserver<DataHub.ResponseGetDataPackageStream> responses) {
    var tick =
        DataHub.ResponseGetDataPackageStream.newBuilder()
            .setIsSuccess(true)
            .setTrackingGuid(request.getTrackingGuid())
            .setTagName(request.getTagName())
            .setTagValue("1")
            .build();
    everyTick(responses, tick, () -> System.out.println("subscriber gone"));
  }

  private static void accept(StreamObserver<DataHub.ResponseSendDataPackage> responses, String guid, int count) {
    responses.onNext(
        DataHub.ResponseSendDataPackage.newBuilder()
            .setIsSuccess(true)
            .setTrackingGuid(guid)
            .setDataPackageCount(count)
            .setTimeStamp(Timestamp.newBuilder().setSeconds(System.currentTimeMillis() / 1000))
            .build());
    responses.onCompleted();
  }

  private static StreamObserver<DataHub.RequestSendDataPackageStream> ingest(
      StreamObserver<DataHub.ResponseSendDataPackage> responses) {
    int[] count = {0};
    String[] guid = {""};
    return each(
        sent -> {
          count[0]++;
          guid[0] = sent.getTrackingGuid();
        },
        () -> accept(responses, guid[0], count[0]));
  }

  private static StreamObserver<Messages.MessageRequest> streamMessages(
      StreamObserver<Messages.MessageResponse> responses) {
    var hello = Messages.MessageResponse.newBuilder().setMessage("Hello, world!").build();
    var ticking = everyTick(responses, hello, () -> {});
    return each(
        request -> {},
        () ->
            // On the clock's own thread, after the tick that may be under way.
            CLOCK.execute(
                () -> {
                  ticking.cancel(false);
                  responses.onCompleted();
                }));
  }

  /** Has one text counted by the first worker, in one partition. */
  private static StreamObserver<Jobs.JobMessage> streamJobs(StreamObserver<Jobs.JobMessage> messages) {
    Consumer<Jobs.Job.Builder> give =
        job -> messages.onNext(Jobs.JobMessage.newBuilder().setJob(job.setAttempt(1)).build());
    var text = ByteString.copyFromUtf8("To be, or not to be");
    give.accept(Jobs.Job.newBuilder().setId("map-1").setMap(Jobs.MapJob.newBuilder().setText(text).setPartitions(1)));
    return each(
        message -> {
          var reply = message.getJobReply();
          if (message.hasShutdownReply()) {
            messages.onCompleted();
          } else if (reply.hasMap()) {
            var reduce = Jobs.ReduceJob.newBuilder().addAllCounts(reply.getMap().getPartitionsList());
            give.accept(Jobs.Job.newBuilder().setId("reduce-1").setReduce(reduce));
          } else {
            var counts = reply.getReduce().getCounts();
            var words = new TreeMap<String, Long>();
            for (int i = 0; i < counts.getWordsCount(); i++) words.put(counts.getWords(i), counts.getCounts(i));
            System.out.println("counted " + words);
            messages.onNext(Jobs.JobMessage.newBuilder().setShutdown(Jobs.Shutdown.getDefaultInstance()).build());
          }
        },
        () -> {});
  }

  /** Refuses calls without this header. */
  private record RequireToken(String wanted) implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      if (wanted == null || wanted.equals(headers.get(Security.AUTHORIZATION))) return next.startCall(call, headers);
      call.close(Status.UNAUTHENTICATED.withDescription("no token"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  public static void main(String[] arguments) throws Exception {
    String mode = arguments.length > 0 ? arguments[0] : "";
    String host = System.getenv().getOrDefault("HOST", "127.0.0.1:0");
    NettyServerBuilder builder;
    if (host.startsWith("unix:")) {
      builder =
          NettyServerBuilder.forAddress(new DomainSocketAddress(host.substring("unix:".length())), Security.ofServer())
              .channelType(EpollServerDomainSocketChannel.class)
              .bossEventLoopGroup(new EpollEventLoopGroup(1))
              .workerEventLoopGroup(new EpollEventLoopGroup(1));
    } else {
      builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0), Security.ofServer());
    }
    String seconds = System.getenv("MIN_PING_SECONDS");
    if (seconds != null) builder.permitKeepAliveTime(Long.parseLong(seconds), TimeUnit.SECONDS);
    var server =
        builder
            .intercept(new RequireToken(Security.bearer()))
            .addService(
                ServerServiceDefinition.builder("Chat")
                    .addMethod(Methods.CHAT, ServerCalls.asyncBidiStreamingCall(replies -> chat(replies, mode)))
                    .build())
            .addService(
                ServerServiceDefinition.builder("StreamingCalcService")
                    .addMethod(Methods.SUM, ServerCalls.asyncClientStreamingCall(replies -> sum(replies, false)))
                    .addMethod(Methods.INCREMENTAL_SUM, ServerCalls.asyncBidiStreamingCall(replies -> sum(replies, true)))
                    .build())
            .addService(
                ServerServiceDefinition.builder("grpc.testing.Phone")
                    .addMethod(Methods.STREAM_CALL, ServerCalls.asyncBidiStreamingCall(Server::streamCall))
                    .build())
            .addService(
                ServerServiceDefinition.builder("MsgBroker.Egress")
                    .addMethod(Methods.GET_DATA_PACKAGES_STREAM, ServerCalls.asyncServerStreamingCall(Server::subscribe))
                    .build())
            .addService(
                ServerServiceDefinition.builder("MsgBroker.Ingest")
                    .addMethod(
                        Methods.SEND_DATA_PACKAGE,
                        ServerCalls.asyncUnaryCall(
                            (request, responses) ->
                                accept(responses, request.getTrackingGuid(), request.getTagValueCount())))
                    .addMethod(Methods.SEND_DATA_PACKAGES_STREAM, ServerCalls.asyncClientStreamingCall(Server::ingest))
                    .build())
            .addService(
                ServerServiceDefinition.builder("messages.MessageService")
                    .addMethod(Methods.STREAM_MESSAGES, ServerCalls.asyncBidiStreamingCall(Server::streamMessages))
                    .build())
            .addService(
                ServerServiceDefinition.builder("jobs.JobService")
                    .addMethod(Methods.STREAM_JOBS, ServerCalls.asyncBidiStreamingCall(Server::streamJobs))
                    .build())
            .build()
            .start();
    System.out.println("listens on " + (host.startsWith("unix:") ? host : "localhost:" + server.getPort()));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    // It waits for open calls without end.
                    if (!server.shutdown().awaitTermination(1, TimeUnit.SECONDS)) server.shutdownNow().awaitTermination();
                  } catch (InterruptedException interrupted) {
                    server.shutdownNow();
                  }
                }));
    server.awaitTermination();
  }

  private Server() {}
}
