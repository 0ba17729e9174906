import type { Command } from '@commander-js/extra-typings';
import { traceServer } from 'stream-trace';
import { exitCodeOf, newCommand, oneOf, option } from '../command-line.ts';
import { onInterrupt } from '../interrupts.ts';
import { wholeNumber } from '../options.ts';
import { readSecret, serverCredentials } from '../tls.ts';
import { printTrace } from '../trace.ts';
import { jwtVerifier, requireToken } from './bearer-token.ts';
import { serverAddress } from './listen.ts';
import { LOG_LEVELS, makeLog } from './log.ts';
import { CallMetrics } from './metrics.ts';
import { type RunningServer, type Service, startServer } from './start-server.ts';

/** How long a stopped server may take to end by itself. */
const LAST_WORDS_MS = 500;

/** A command with the options that every server has. */
export function serverCommand(name: string, defaults: { port: number; description: string }) {
  return newCommand(name, defaults.description)
    .addOption(
      option('--host <host>', 'the address to listen on, or unix:/path for a Unix socket').default('localhost'),
    )
    .addOption(
      option('--port <port>', 'the port to listen on, 0 for any free one')
        .argParser(wholeNumber(0, 65_535))
        .default(defaults.port),
    )
    .addOption(
      option('--grace <seconds>', 'how long a stop waits for open calls').argParser(wholeNumber(0, 3_600)).default(5),
    )
    .optionsGroup('Who may call:')
    .addOption(option('--tls-cert <file>', 'turns on TLS with this certificate (PEM)'))
    .addOption(option('--tls-key <file>', 'the private key of the certificate (PEM)'))
    .addOption(option('--tls-client-ca <file>', 'takes only clients with a certificate that this CA signed (PEM)'))
    .addOption(option('--jwt-secret <file>', 'takes only calls with a token signed with this secret (JWT, HS256)'))
    .optionsGroup('Limits:')
    .addOption(
      option('--max-message-mib <n>', 'the largest message, in and out').argParser(wholeNumber(1, 1_024)).default(4),
    )
    .addOption(
      option('--max-streams <n>', 'open calls on one connection; more wait')
        .argParser(wholeNumber(1, 1_000_000))
        .default(1_000),
    )
    .addOption(
      option('--keepalive-seconds <n>', 'how often to ask whether a client is there')
        .argParser(wholeNumber(1, 86_400))
        .default(30),
    )
    .addOption(
      option('--max-connection-age-seconds <n>', 'let clients connect anew after, 0 for never')
        .argParser(wholeNumber(0, 86_400))
        .default(0),
    )
    .optionsGroup('Seeing:')
    .addOption(
      option('--log-level <level>', `${LOG_LEVELS.join(', ')}; info has a line for each call`)
        .argParser(oneOf(LOG_LEVELS))
        .default('info' as const),
    )
    .option('--trace', 'tells every event of every call')
    .addOption(
      option('--metrics-port <port>', 'serves metrics for Prometheus on 127.0.0.1').argParser(wholeNumber(0, 65_535)),
    )
    .addOption(option('--reflection', 'tells tools what the server offers (default: unless NODE_ENV is production)'))
    .addOption(option('--no-reflection', 'does not tell them'))
    .optionsGroup('Options:');
}

/** What the command line of a server gives. */
export type ServerOptions = ReturnType<ReturnType<typeof serverCommand>['opts']>;

export interface ServerSetup<Options> {
  /**
   * Gives what to serve, from the parsed options.
   *
   * @param stop ends the server as Ctrl-C does, for a service that is done one day
   */
  readonly services: (options: Options, stop: () => void) => readonly Service[];
  /** What the proto package exports under this name, for reflection. */
  readonly descriptorSet?: Buffer;
  /** The command that starts a client, for the line that is printed. */
  readonly client: string;
}

/**
 * Runs a server as a program: parses the arguments, listens, says so in one line, and stops in order on Ctrl-C or
 * SIGTERM. Sets the exit code: 0 after a stop, 1 when it cannot listen, 2 for wrong usage.
 */
export async function runServer<Args extends unknown[], Options extends ServerOptions>(
  command: Command<Args, Options>,
  { services, descriptorSet, client }: ServerSetup<Options>,
): Promise<void> {
  // Who reads the output may leave before its end, as `head` does; the callers stay.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  let metricsServer: { port: number; close(): void } | undefined;
  try {
    const options = command.parse().opts();
    const log = makeLog(command.name(), options.logLevel);
    const metrics = options.metricsPort === undefined ? undefined : new CallMetrics();
    const reflection = options.reflection ?? process.env.NODE_ENV !== 'production';
    metricsServer = await metrics?.serve(options.metricsPort ?? 0);
    const done = new AbortController();
    const server = await startServer(
      services(options, () => done.abort()),
      {
        ...options,
        credentials: serverCredentials(options),
        graceMs: options.grace * 1_000,
        descriptorSet: reflection ? descriptorSet : undefined,
        interceptors: [
          ...(options.trace ? [traceServer(printTrace)] : []),
          ...(options.jwtSecret ? [requireToken(jwtVerifier(readSecret(options.jwtSecret)))] : []),
        ],
        onCallEnd: (call) => {
          metrics?.count(call);
          log.info({ ...call, milliseconds: Math.round(call.milliseconds) }, 'call ended');
        },
        onHandlerError: (error, call) => log.error({ ...call, err: error }, 'the handler failed'),
        onTlsError: (message, peer) => log.warn({ peer }, `TLS: ${message}`),
      },
    );
    const stopped = untilStopped(command.name(), server, done.signal);
    console.log(readyLine(command, options, server.port, client));
    if (metricsServer) console.log(`Metrics: http://127.0.0.1:${metricsServer.port}/metrics`);
    await stopped;
    // A handler that ignored its signal may hold a timer or a socket, and with it the process.
    setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  } finally {
    metricsServer?.close();
  }
}

/** Waits for an interrupt, or for the service to be done, and stops the server. */
function untilStopped(name: string, server: RunningServer, done: AbortSignal): Promise<void> {
  return new Promise((stopped) => {
    const stop = () => {
      console.log(`${name} is shutting down`);
      void server.stop().then(stopped);
    };
    onInterrupt(stop, () => server.forceStop());
    if (done.aborted) stop();
    else done.addEventListener('abort', stop);
  });
}

function readyLine<Args extends unknown[], Options extends ServerOptions>(
  command: Command<Args, Options>,
  options: Options,
  port: number,
  client: string,
): string {
  const isDefault = (option: 'host' | 'port') => command.getOptionValueSource(option) === 'default';
  const address = serverAddress(options.host, port);
  const atAddress = isDefault('host') && isDefault('port') ? '' : ` --address ${address}`;
  const withTls = options.tlsCert ? ' --tls-ca <file>' : '';
  const withIdentity = options.tlsClientCa ? ' --tls-cert <file> --tls-key <file>' : '';
  const withToken = options.jwtSecret ? ' --token <file>' : '';
  return `${command.name()} listens on ${address}. Start a client: ${client}${atAddress}${withTls}${withIdentity}${withToken}`;
}
