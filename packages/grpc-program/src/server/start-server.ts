import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { boundCalls, OpenCalls, type ServerCall, statusError } from 'grpc-streams';
import { CALL_ID } from 'stream-trace';
import { reportTlsErrors } from '../tls-errors.ts';
import { addHealth } from './health.ts';
import { keepClosingConnections } from './http2-servers.ts';
import { listen } from './listen.ts';
import { addReflection } from './reflection.ts';
import { type ServerLimits, serverChannelOptions } from './server-limits.ts';
import { type EndedCall, watchCalls } from './watch-calls.ts';

export type Service = readonly [definition: ServiceDefinition, implementation: UntypedServiceImplementation];

export interface StartServerOptions extends ServerLimits {
  /** Loopback unless told otherwise. `unix:/path` for a Unix socket. */
  readonly host?: string;
  /** Any free port unless told otherwise. */
  readonly port?: number;
  readonly credentials?: ServerCredentials;
  /** How long a stop waits for handlers to end by themselves. Default: 5,000. */
  readonly graceMs?: number;
  /** How long the last messages and statuses may then be on their way, before connections are dropped. Default: 2,000. */
  readonly lastStatusMs?: number;
  /** Turns on reflection; what the proto package exports under this name. */
  readonly descriptorSet?: Buffer | undefined;
  /** Nearest the handlers, in this order. */
  readonly interceptors?: readonly ServerInterceptor[];
  /** Hears of every call when it has ended. */
  readonly onCallEnd?: (call: EndedCall) => void;
  /** Hears of what a handler threw that is no status; without it, that goes to `console.error`. */
  readonly onHandlerError?: (error: unknown, call: { id: string; method: string }) => void;
  /** Hears of clients that did not get through the TLS handshake. */
  readonly onTlsError?: (message: string, peer: string) => void;
}

export interface RunningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly openCalls: OpenCalls;
  /**
   * Says NOT_SERVING, takes no more calls and asks the open ones to end. After the grace period it ends the rest with
   * UNAVAILABLE, "server is shutting down".
   */
  stop(): Promise<void>;
  /** Drops every connection. */
  forceStop(): void;
}

/** Starts a server with the services given, and the health service; resolves once it accepts calls. */
export async function startServer(
  services: readonly Service[],
  {
    host = 'localhost',
    port = 0,
    credentials = ServerCredentials.createInsecure(),
    graceMs = 5_000,
    lastStatusMs = 2_000,
    descriptorSet,
    interceptors = [],
    onCallEnd,
    onHandlerError,
    onTlsError,
    ...limits
  }: StartServerOptions = {},
): Promise<RunningServer> {
  const server = new Server({
    ...serverChannelOptions(limits, graceMs),
    interceptors: [boundCalls(), ...(onCallEnd ? [watchCalls(onCallEnd)] : []), ...interceptors],
  });
  const described = (call: ServerCall) => ({ id: String(call.metadata.get(CALL_ID)[0] ?? ''), method: call.getPath() });
  const openCalls = new OpenCalls({
    onError: onHandlerError && ((error, call) => onHandlerError(error, described(call))),
  });
  for (const [definition, implementation] of services) server.addService(definition, openCalls.track(implementation));
  const names = services.map(([definition]) => serviceName(definition));
  const health = addHealth(server, openCalls, names);
  if (descriptorSet) addReflection(server, openCalls, descriptorSet, names);
  const boundPort = await listen(server, host, port, credentials);
  keepClosingConnections(server);
  if (onTlsError) reportTlsErrors(server, onTlsError);

  async function stopOnce(): Promise<void> {
    const reason = statusError(status.UNAVAILABLE, 'server is shutting down');
    health.stop();
    // tryShutdown by itself would wait for ever for an open stream.
    const closed = promisify(server.tryShutdown.bind(server))();
    openCalls.interrupt(reason);
    if (await settlesWithin(closed, graceMs)) return;
    openCalls.fail(reason);
    await settlesWithin(closed, lastStatusMs);
    server.forceShutdown();
  }

  let stopped: Promise<void> | undefined;
  return {
    port: boundPort,
    openCalls,
    stop: () => (stopped ??= stopOnce()),
    forceStop: () => server.forceShutdown(),
  };
}

/** The full name of a service: of `/messages.MessageService/StreamMessages`, what is between the slashes. */
function serviceName(definition: ServiceDefinition): string {
  return Object.values(definition)[0]?.path.split('/')[1] ?? '';
}

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
