package bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;

/** One side of a run by grpc-java: answers the commands of the benchmark, a line of JSON each, as side.ts does. */
public final class Side {
  private record Command(String name, int port, Client.Job job) {}

  private record Usage(double cpuSeconds, Double peakMiB) {}

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Client client;
  private long cpuAtBegin;

  public static void main(String[] args) throws InterruptedException {
    var lines = new SynchronousQueue<String>();
    var reader = new Thread(() -> handOn(lines));
    reader.setDaemon(true);
    reader.start();
    Gson gson = new GsonBuilder().serializeNulls().create();
    var side = new Side();
    while (true) {
      Map<String, Object> answer;
      try {
        Object result = side.run(gson.fromJson(lines.take(), Command.class));
        answer = result == null ? Map.of() : Map.of("result", result);
      } catch (Exception error) {
        Throwable cause = error;
        while (cause.getCause() != null) cause = cause.getCause();
        answer = Map.of("error", String.valueOf(cause));
      }
      System.out.println(gson.toJson(answer));
    }
  }

  private static void handOn(SynchronousQueue<String> lines) {
    try (var in = new BufferedReader(new InputStreamReader(System.in))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) lines.put(line);
    } catch (IOException | InterruptedException error) {
      System.err.println(error);
    }
    Runtime.getRuntime().halt(0); // the benchmark is gone, or done with this process
  }

  private Object run(Command command) throws Exception {
    switch (command.name) {
      case "listen":
        return Server.listen();
      case "connect":
        client = new Client(command.port);
        return null;
      case "work":
        return client.work(command.job);
      case "begin":
        cpuAtBegin = SYSTEM.getProcessCpuTime();
        return null;
      case "finish":
        return Map.of("usage", new Usage((SYSTEM.getProcessCpuTime() - cpuAtBegin) / 1e9, peakMiB()));
      default:
        throw new IllegalArgumentException("there is no command " + command.name);
    }
  }

  /** The most memory that this process had; null where the system does not tell. */
  private static Double peakMiB() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1_024)
          .findAny()
          .orElse(null);
    } catch (IOException error) {
      return null;
    }
  }
}
