import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** A call of any kind, and what has come of it. */
final class Conversation<Q, R> {
  private final ClientCall<Q, R> call;
  private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final CountDownLatch headers = new CountDownLatch(1);
  private final List<String> messages = new ArrayList<>();
  private Status status;

  Conversation(Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
    call = channel.newCall(method, options);
    call.start(
        new ClientCall.Listener<R>() {
          @Override
          public void onHeaders(Metadata metadata) {
            headers.countDown();
          }

          @Override
          public void onMessage(R message) {
            events.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status end, Metadata trailers) {
            headers.countDown();
            events.add(end);
          }
        },
        new Metadata());
    call.request(2);
  }

  Conversation<Q, R> send(Iterable<Q> requests) {
    for (Q request : requests) call.sendMessage(request);
    return this;
  }

  Conversation<Q, R> halfClose() {
    call.halfClose();
    return this;
  }

  void cancel() {
    call.cancel("the client has enough", null);
  }

  void awaitHeaders() throws InterruptedException {
    headers.await();
  }

  /** The next message; null at the end. */
  @SuppressWarnings("unchecked")
  R next() throws InterruptedException {
    if (status != null) return null;
    Object event = events.take();
    if (event instanceof Status end) {
      status = end;
      return null;
    }
    return (R) event;
  }

  interface Heard {
    void message(int count) throws InterruptedException;
  }

  /** Reads to the end, and gives what came. */
  String outcome(Function<R, String> text, Heard heard) throws InterruptedException {
    for (R message = next(); message != null; message = next()) {
      messages.add(text.apply(message));
      heard.message(messages.size());
    }
    return outcome(messages);
  }

  String outcome(Function<R, String> text) throws InterruptedException {
    return outcome(text, count -> {});
  }

  /** These messages, and the status, to which it reads. */
  String outcome(List<String> messages) throws InterruptedException {
    while (next() != null) {}
    String end = status.isOk() ? "OK" : status.getCode() + ": " + status.getDescription();
    return String.join(" | ", messages) + " -> " + end;
  }
}
