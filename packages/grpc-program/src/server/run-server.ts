import type { Command } from '@commander-js/extra-typings';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { traceServer } from '#stream-trace';
import { exitCodeOf } from '../command-line.ts';
import { onInterrupt } from '../interrupts.ts';
import { OperatorError } from '../operator-error.ts';
import { printTrace } from '../trace.ts';
import type { Authorize } from './bearer-token.ts';
import { isOnlyForThisMachine } from './listen.ts';
import { makeLog } from './log.ts';
import { readyLine } from './ready-line.ts';
import type { ServerOptions } from './server-command.ts';
import { serverCredentials } from './server-credentials.ts';
import { type RunningServer, type Service, type StartServerOptions, startServer } from './start-server.ts';
import { tokenInterceptors } from './token-options.ts';

/** How long a stopped server may take to end by itself. */
const LAST_WORDS_MS = 500;

export interface ServerSetup<Options> {
  /**
   * Gives what to serve, from the parsed options, at once or later: the server listens when it is there.
   *
   * @param stop ends the server as Ctrl-C does, for a service that is done one day
   * @param warn writes a warning to the log
   */
  readonly services: (
    options: Options,
    stop: () => void,
    warn: (message: string) => void,
  ) => readonly Service[] | Promise<readonly Service[]>;
  /** Gives interceptors for all of its calls, nearest the handlers, in this order. */
  readonly interceptors?: (options: Options) => readonly ServerInterceptor[];
  /** What the proto package exports under this name, for reflection and traces. */
  readonly descriptorSet?: Buffer;
  /** Says which methods a caller may call. With it, the server does not start without tokens. */
  readonly authorize?: Authorize;
  /** The command that starts a client, for the line that is printed. */
  readonly client: string;
}

/**
 * Runs a server as a program: parses the arguments, listens, says so in one line, and stops in order on Ctrl-C,
 * SIGTERM or SIGHUP. Sets the exit code: 0 after a stop, 1 when it cannot listen, 2 for wrong usage.
 */
export async function runServer<Args extends unknown[], Options extends ServerOptions>(
  command: Command<Args, Options>,
  { services, interceptors, descriptorSet, authorize, client }: ServerSetup<Options>,
): Promise<void> {
  // Who reads the output may leave before its end, as `head` does; the callers stay.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  let metricsServer: { address: string; close(): void } | undefined;
  try {
    const options = command.parse().opts();
    const log = await makeLog(command.name(), options.logLevel);
    // Most servers do without, and to start is to load files.
    const metrics = options.metricsPort === undefined ? undefined : new (await import('./metrics.ts')).ServerMetrics();
    const isLocal = await isOnlyForThisMachine(options.host);
    if (!isLocal && !options.tlsCert && !options.insecure) throw plainText(options.host);
    const reflection = options.reflection ?? isLocal;
    const tokens = await tokenInterceptors(options, authorize, (error) =>
      log.error({ err: error }, 'a token could not be checked'),
    );
    metricsServer = await metrics?.serve(options.metricsHost, options.metricsPort ?? 0);
    const done = new AbortController();
    const serverOptions: StartServerOptions = {
      ...options,
      credentials: serverCredentials(options),
      graceMs: options.grace * 1_000,
      descriptorSet: reflection ? descriptorSet : undefined,
      interceptors: [
        ...(options.trace ? [traceServer(printTrace, { descriptorSet })] : []),
        ...tokens,
        ...(interceptors?.(options) ?? []),
      ],
      onCallEnd: (call) => {
        metrics?.countCall(call);
        log.info({ ...call, milliseconds: Math.round(call.milliseconds) }, 'call ended');
      },
      counts: metrics?.counts,
      onCallReset: () => metrics?.countResetCall(),
      onCallRefused: () => metrics?.countRefusedCall(),
      onUnserved: ({ reason, ...request }) => {
        metrics?.countUnserved(reason);
        log.warn(request, `request refused: ${reason}`);
      },
      onConnectionRefused: (peer) => {
        metrics?.countRefusedConnection();
        log.warn({ peer }, 'connection refused: there are as many as --max-connections allows');
      },
      onHandlerError: (error, call) => log.error({ ...call, err: error }, 'the handler failed'),
      onRunningOn: (call) => log.warn(call, 'the handler is still running although its call has ended'),
      onTlsError: (message, peer) => log.warn({ peer }, `TLS: ${message}`),
    };
    // Last, since `startServer` closes them when it fails.
    const offered = await services(
      options,
      () => done.abort(),
      (message) => log.warn(message),
    );
    const server = await startServer(offered, serverOptions);
    metrics?.watch(server.openCalls);
    const stopped = untilStopped(command.name(), server, done.signal);
    console.log(readyLine(command, options, server.port, client));
    if (metricsServer) console.log(`Metrics: http://${metricsServer.address}/metrics`);
    await stopped;
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  } finally {
    metricsServer?.close();
    // A handler that ignored its signal may hold a timer or a socket, and with it the process; so may an output that
    // nobody reads.
    setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }
}

function plainText(host: string): OperatorError {
  return new OperatorError(
    `refused to listen on ${host}, which other machines reach, in plain text: give --tls-cert and --tls-key, or --insecure if that is meant`,
    2,
  );
}

/** Waits for an interrupt, or for the service to be done, and stops the server. */
function untilStopped(name: string, server: RunningServer, done: AbortSignal): Promise<void> {
  return new Promise((stopped, failed) => {
    const stop = () => {
      console.log(`${name} is shutting down`);
      server.stop().then(stopped, failed);
    };
    onInterrupt(stop, () => server.forceStop());
    if (done.aborted) stop();
    else done.addEventListener('abort', stop);
  });
}
