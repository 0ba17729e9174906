import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;

/** The files that TLS_CA, TLS_CERT, TLS_KEY and TOKEN_FILE in the environment name. */
final class Security {
  static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  static ChannelCredentials ofChannel() throws IOException {
    if (file("TLS_CA") == null) return InsecureChannelCredentials.create();
    var tls = TlsChannelCredentials.newBuilder().trustManager(file("TLS_CA"));
    if (file("TLS_CERT") != null) tls.keyManager(file("TLS_CERT"), file("TLS_KEY"));
    return tls.build();
  }

  static ServerCredentials ofServer() throws IOException {
    if (file("TLS_CERT") == null) return InsecureServerCredentials.create();
    var tls = TlsServerCredentials.newBuilder().keyManager(file("TLS_CERT"), file("TLS_KEY"));
    if (file("TLS_CA") != null) tls.trustManager(file("TLS_CA")).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
    return tls.build();
  }

  /** The header of the token; null without one. */
  static String bearer() throws IOException {
    return file("TOKEN_FILE") == null ? null : "Bearer " + Files.readString(file("TOKEN_FILE").toPath()).trim();
  }

  private static File file(String variable) {
    String path = System.getenv(variable);
    return path == null || path.isEmpty() ? null : new File(path);
  }

  private Security() {}
}
