import {
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type BoundCallsOptions, boundCalls } from './server/bound-calls.ts';
import { OpenCalls, type OpenCallsOptions } from './server/open-calls.ts';
import { PassThroughCall, type SentStatus, type ServerListener } from './server/pass-through-call.ts';

/** What a server for tests is made with. */
export interface TestServerOptions extends OpenCallsOptions {
  /** Nearest the handlers, in this order. */
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
  /** For {@link boundCalls}, which comes first. */
  readonly bounds?: BoundCallsOptions | undefined;
  /**
   * Is given what happens to each call, in its order, as the transport has it: `Say started`, `Say received`,
   * `Say half-closed`, `Say sent`, `Say OK` and `Say ended`, by the name of the method and of the status.
   */
  readonly events?: string[] | undefined;
}

/** A server in the process of the test; `await using` ends it. */
export interface TestServer extends AsyncDisposable {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** `127.0.0.1:` and the port. */
  readonly address: string;
  /** As grpc-js has it. */
  readonly server: Server;
  /** The calls that have not ended yet. */
  readonly openCalls: OpenCalls;
  /** Makes a generated client for the server, which is closed with it. */
  connect<GeneratedClient extends Client>(
    GeneratedClient: new (address: string, credentials: ChannelCredentials, options: ChannelOptions) => GeneratedClient,
    options?: ChannelOptions,
  ): GeneratedClient;
  /** Closes the clients and drops every connection. */
  stop(): void;
}

/** Starts a server for a test, on a free port of this machine: `await using server = await startTestServer(…)`. */
export async function startTestServer(
  services: readonly (readonly [ServiceDefinition, UntypedServiceImplementation])[],
  { interceptors = [], bounds, events, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const openCalls = new OpenCalls(options);
  const record: ServerInterceptor[] = events ? [({ path }, call) => new RecordedCall(call, path, events)] : [];
  const server = new Server({ interceptors: [boundCalls(bounds), ...record, ...interceptors] });
  for (const [definition, implementation] of services) server.addService(definition, openCalls.track(implementation));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
  const address = `127.0.0.1:${port}`;
  const clients: Client[] = [];
  function stop(): void {
    for (const client of clients) client.close();
    server.forceShutdown();
  }
  return {
    port,
    address,
    server,
    openCalls,
    connect(GeneratedClient, options = {}) {
      const client = new GeneratedClient(address, credentials.createInsecure(), options);
      clients.push(client);
      return client;
    },
    stop,
    async [Symbol.asyncDispose]() {
      stop();
    },
  };
}

class RecordedCall extends PassThroughCall {
  readonly #record: (event: string) => void;

  constructor(next: ConstructorParameters<typeof PassThroughCall>[0], path: string, events: string[]) {
    super(next);
    const method = path.slice(path.lastIndexOf('/') + 1);
    this.#record = (event) => events.push(`${method} ${event}`);
  }

  override start(listener: ServerListener): void {
    this.#record('started');
    super.start({
      onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
      onReceiveMessage: (message) => {
        this.#record('received');
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        this.#record('half-closed');
        listener.onReceiveHalfClose();
      },
      onCancel: () => {
        this.#record('ended');
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#record('sent');
    super.sendMessage(message, callback);
  }

  override sendStatus(result: SentStatus): void {
    this.#record(status[result.code ?? status.UNKNOWN]);
    super.sendStatus(result);
  }
}
