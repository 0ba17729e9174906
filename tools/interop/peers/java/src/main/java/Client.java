import MsgBroker.DataHub;
import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import grpc.testing.PhoneOuterClass;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.LongStream;
import messages.Messages;

/**
 * Calls a server of an example: {@code Client ADDRESS EXAMPLE CASE...}.
 *
 * <p>Prints a line for each case: its name, a tab, the messages that came, and the status.
 */
final class Client {
  private static final String GUID = "6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11";
  private static final String SUBSCRIBER = "00000000-0000-0000-0000-000000000001";
  private static final CallOptions GZIP = CallOptions.DEFAULT.withCompression("gzip");

  public static void main(String[] arguments) throws Exception {
    for (String name : Arrays.copyOfRange(arguments, 2, arguments.length)) {
      Channel channel = open(arguments[0], name.equals("idle beyond the ping limit"));
      String came =
          switch (arguments[1]) {
            case "chat" -> chat(channel, name);
            case "calc" -> calc(channel, name);
            case "call" -> call(channel, name);
            case "datahub" -> datahub(channel, name);
            case "message" -> message(channel, name);
            default -> throw new IllegalArgumentException("no example " + arguments[1]);
          };
      System.out.println(name + "\t" + came);
    }
    System.exit(0);
  }

  private static Channel open(String address, boolean pings) throws Exception {
    ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(address, Security.ofChannel());
    // grpc-java pings every 10 s at most.
    if (pings) builder.keepAliveTime(10, TimeUnit.SECONDS).keepAliveWithoutCalls(true);
    // By default the authority is the path of the socket, which servers on nghttp2 refuse: it has slashes.
    if (address.startsWith("unix:")) builder.overrideAuthority("localhost");
    Channel channel = builder.build();
    if (Security.bearer() == null) return channel;
    Metadata token = new Metadata();
    token.put(Security.AUTHORIZATION, Security.bearer());
    return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(token));
  }

  private static CallOptions soonOver() {
    return CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
  }

  private static IllegalArgumentException noCase(String name) {
    return new IllegalArgumentException("no case " + name);
  }

  private static ChatOuterClass.ChatMessage say(String name, String message) {
    return ChatOuterClass.ChatMessage.newBuilder().setName(name).setMessage(message).build();
  }

  private static String chat(Channel channel, String name) throws InterruptedException {
    var said = List.of(say("Sam", "Hi"), say("Ann", "Hey"), say("John", "Hello"));
    Function<StringValue, String> value = StringValue::getValue;
    CallOptions options = name.equals("gzip") ? GZIP : name.equals("deadline") ? soonOver() : CallOptions.DEFAULT;
    MethodDescriptor<ChatOuterClass.ChatMessage, StringValue> method =
        name.equals("unknown method")
            ? Methods.method("Chat/nope", MethodType.BIDI_STREAMING, say("", ""), StringValue.getDefaultInstance())
            : Methods.CHAT;
    var call = new Conversation<>(channel, method, options);
    return switch (name) {
      case "call", "gzip", "unknown method" -> call.send(said).halfClose().outcome(value);
      case "nothing sent" -> call.halfClose().outcome(value);
      case "Unicode" -> call.send(List.of(say("Zoë", "🎈"))).halfClose().outcome(value);
      case "message too large" -> call.send(List.of(say("Sam", "x".repeat(5 << 20)))).halfClose().outcome(value);
      case "deadline" -> call.outcome(value);
      case "cancel" -> call.send(said.subList(0, 1)).outcome(value, count -> call.cancel());
      case "one at a time" -> {
        call.awaitHeaders(); // which come before anything is sent
        yield call.send(said.subList(0, 1))
            .outcome(
                value,
                count -> {
                  if (count < said.size()) call.send(said.subList(count, count + 1));
                  else call.halfClose();
                });
      }
      case "idle beyond the ping limit" ->
          call.send(said.subList(0, 1))
              .outcome(
                  value,
                  count -> {
                    if (count == 1) Thread.sleep(35_000);
                    if (count == 1) call.send(said.subList(1, 2));
                    else call.halfClose();
                  });
      case "server stops" ->
          call.send(said.subList(0, 1))
              .outcome(
                  reply -> {
                    System.out.println("heard " + reply.getValue());
                    return reply.getValue();
                  });
      default -> throw noCase(name);
    };
  }

  private static String calc(Channel channel, String name) throws InterruptedException {
    Function<Int64Value, String> value = total -> Long.toString(total.getValue());
    LongStream values =
        switch (name) {
          case "sum", "gzip" -> LongStream.rangeClosed(1, 10);
          case "sum of nothing" -> LongStream.empty();
          case "largest sum" -> LongStream.of(Long.MAX_VALUE - 1, 1);
          case "overflow" -> LongStream.of(Long.MAX_VALUE, 1);
          case "sum of 50,000" -> LongStream.rangeClosed(1, 50_000);
          case "incremental sum" -> LongStream.rangeClosed(1, 4);
          default -> throw noCase(name);
        };
    var method = name.equals("incremental sum") ? Methods.INCREMENTAL_SUM : Methods.SUM;
    var call = new Conversation<>(channel, method, name.equals("gzip") ? GZIP : CallOptions.DEFAULT);
    return call.send(values.mapToObj(Int64Value::of)::iterator).halfClose().outcome(value);
  }

  private static String call(Channel channel, String name) throws InterruptedException {
    List<String> numbers =
        switch (name) {
          case "call", "hang up" -> List.of("94771234567");
          case "bad number" -> List.of("x");
          case "no number" -> List.of();
          default -> throw noCase(name);
        };
    Function<PhoneOuterClass.StreamCallResponse, String> event =
        response ->
            response.hasCallInfo()
                ? response.getCallInfo().getMedia()
                : response.getCallState().getState().toString();
    var call = new Conversation<>(channel, Methods.STREAM_CALL, CallOptions.DEFAULT);
    call.send(numbers.stream().map(number -> PhoneOuterClass.StreamCallRequest.newBuilder().setPhoneNumber(number).build())::iterator);
    return call.halfClose()
        .outcome(
            event,
            count -> {
              if (name.equals("hang up")) call.cancel();
            });
  }

  private static String datahub(Channel channel, String name) throws InterruptedException {
    return switch (name) {
      case "unary" -> send(channel, GUID, "A01", "A02");
      case "bad GUID" -> send(channel, "x", "A01");
      case "client streaming" -> {
        var packages =
            LongStream.range(0, 10)
                .mapToObj(
                    number ->
                        DataHub.RequestSendDataPackageStream.newBuilder()
                            .setTelemetryGuid(GUID)
                            .setTrackingGuid(GUID)
                            .setTagName("Java stream")
                            .setTagValue(Long.toString(number))
                            .build());
        yield new Conversation<>(channel, Methods.SEND_DATA_PACKAGES_STREAM, CallOptions.DEFAULT)
            .send(packages::iterator)
            .halfClose()
            .outcome(response -> Long.toString(response.getDataPackageCount()));
      }
      case "server streaming and cancel" -> {
        var call = subscribe(channel, CallOptions.DEFAULT);
        call.next(); // the first tick: the subscription is in place
        send(channel, GUID, "A01", "A02", "A03");
        List<String> values = new ArrayList<>();
        for (var message = call.next(); message != null; message = call.next()) {
          if (message.getTrackingGuid().equals(GUID)) values.add(message.getTagValue());
          if (values.size() == 3) call.cancel();
        }
        yield call.outcome(values);
      }
      case "deadline" -> subscribe(channel, soonOver()).outcome(List.of());
      default -> throw noCase(name);
    };
  }

  private static Conversation<DataHub.RequestGetDataPackage, DataHub.ResponseGetDataPackageStream> subscribe(
      Channel channel, CallOptions options) {
    var request = DataHub.RequestGetDataPackage.newBuilder().setTagName("Java").setTrackingGuid(SUBSCRIBER).build();
    return new Conversation<>(channel, Methods.GET_DATA_PACKAGES_STREAM, options).send(List.of(request)).halfClose();
  }

  private static String send(Channel channel, String telemetryGuid, String... values) throws InterruptedException {
    var request =
        DataHub.RequestSendDataPackage.newBuilder()
            .setTelemetryGuid(telemetryGuid)
            .setTrackingGuid(GUID)
            .setTagName("Java")
            .addAllTagValue(List.of(values))
            .build();
    return new Conversation<>(channel, Methods.SEND_DATA_PACKAGE, CallOptions.DEFAULT)
        .send(List.of(request))
        .halfClose()
        .outcome(response -> Long.toString(response.getDataPackageCount()));
  }

  /** Hears so many messages, then half-closes. */
  private static String message(Channel channel, String name) throws InterruptedException {
    int wanted = name.equals("both ways") ? 3 : 1;
    var hello = List.of(Messages.MessageRequest.newBuilder().setName("Hello, world!").build());
    var call = new Conversation<>(channel, Methods.STREAM_MESSAGES, CallOptions.DEFAULT);
    call.awaitHeaders(); // which come before any message
    List<String> heard = new ArrayList<>();
    while (heard.size() < wanted) {
      if (name.equals("both ways")) call.send(hello);
      heard.add(call.next().getMessage());
    }
    return call.halfClose().outcome(heard);
  }

  private Client() {}
}
