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
import { type BoundCallsOptions, boundCalls, OpenCalls, type ServerCall, statusError } from 'grpc-streams';
import { CALL_ID } from '#stream-trace';
import { OperatorError } from '../operator-error.ts';
import { reportTlsErrors } from '../tls-errors.ts';
import { limitConnectionAge } from './connection-age.ts';
import { limitConnections } from './connection-limits.ts';
import { keepClosingConnections, keepConnections, sessionOf, takeLastCalls } from './grpc-js-internals.ts';
import { addHealth } from './health.ts';
import { isOnlyForThisMachine, listen } from './listen.ts';
import { addReflection } from './reflection.ts';
import { SERVER_DEFAULTS, type ServerLimits, serverChannelOptions } from './server-limits.ts';
import { type UnservedRequest, watchUnserved } from './unserved-requests.ts';
import { type EndedCall, type MethodCounts, watchCalls } from './watch-calls.ts';

/**
 * What a server serves. A service that holds something, as a file or a connection, says in its third part how that is
 * closed: once all calls have ended, the last service first, each when the one after it is closed.
 */
export type Service = readonly [
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  close?: () => void | Promise<void>,
];

/** What names a call in the log. */
export interface NamedCall {
  /** As in {@link EndedCall}; empty where `onCallEnd` is not given and the client gave no name. */
  readonly id: string;
  /** The path: `/Chat/chat` */
  readonly method: string;
}

export interface StartServerOptions extends ServerLimits {
  /** Loopback unless told otherwise. `unix:/path` for a Unix socket. */
  readonly host?: string;
  /** Any free port unless told otherwise. */
  readonly port?: number;
  /** Plain text unless told otherwise, on loopback or a Unix socket alone. */
  readonly credentials?: ServerCredentials;
  /** How long the calls that are on their way when a stop begins may take to come. In milliseconds. Default: 1,000. */
  readonly lastCallsMs?: number;
  /** How long it then waits for handlers to end by themselves. Default: 5,000. */
  readonly graceMs?: number;
  /** How long the last messages and statuses may then be on their way, before connections are dropped. Default: 2,000. */
  readonly lastStatusMs?: number;
  /** How long the services may then take to close, all together. Default: 10,000. */
  readonly closeMs?: number;
  /** How many bytes may wait for a client, and how long for it to take a status. */
  readonly boundCalls?: BoundCallsOptions;
  /** Turns on reflection; what the proto package exports under this name. */
  readonly descriptorSet?: Buffer | undefined;
  /** Nearest the handlers, in this order. */
  readonly interceptors?: readonly ServerInterceptor[];
  /** Hears of every call when it has ended. */
  readonly onCallEnd?: (call: EndedCall) => void;
  /** Where calls and messages are counted as they come, by the path of the method. */
  readonly counts?: Map<string, MethodCounts> | undefined;
  /** Hears of each call that was reset: its client did not take its end in time, or it held too many bytes of requests. */
  readonly onCallReset?: () => void;
  /** Hears of each call that was refused since `maxCalls` were open. */
  readonly onCallRefused?: (call: NamedCall) => void;
  /** Hears of each request that reaches no service: an unknown method, or not gRPC. */
  readonly onUnserved?: (request: UnservedRequest) => void;
  /** Hears of each connection that was refused since there were `maxConnections`. */
  readonly onConnectionRefused?: (peer: string) => void;
  /** Hears of what a handler threw that is no status; without it, that goes to `console.error`. */
  readonly onHandlerError?: (error: unknown, call: NamedCall) => void;
  /** Hears, once, of a handler that still runs `runningOnMs` after its call has ended. */
  readonly onRunningOn?: (call: NamedCall) => void;
  /** Default: that of `OpenCalls`. */
  readonly runningOnMs?: number;
  /** Hears of clients that did not get through the TLS handshake. */
  readonly onTlsError?: (message: string, peer: string) => void;
}

/** How long the last frames of a connection that is dropped may take. */
const LAST_FRAMES_MS = 100;

/** A server that accepts calls. */
export interface RunningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Those that have not ended. */
  readonly openCalls: OpenCalls;
  /**
   * Says NOT_SERVING, takes the calls that are on their way and no more, and asks the open ones to end. After the grace
   * period it ends the rest with UNAVAILABLE, "server is shutting down". Then it closes the services.
   *
   * @throws what a service threw when it was closed, the others closed too; or an OperatorError when they took too long
   */
  stop(): Promise<void>;
  /** Drops every connection. A stop that has begun goes on at once. */
  forceStop(): void;
}

/**
 * Starts a server with the services given, and the health service; resolves once it accepts calls. When it cannot start,
 * it closes the services.
 *
 * @throws OperatorError when it cannot listen there, or other machines would reach it and no credentials are given:
 *   plain text is for `ServerCredentials.createInsecure()` to say then
 */
export async function startServer(
  services: readonly Service[],
  options: StartServerOptions = {},
): Promise<RunningServer> {
  try {
    return await start(services, options);
  } catch (error) {
    await closeServices(services, options.closeMs).catch(() => {}); // why it cannot start is what matters
    throw error;
  }
}

async function start(
  services: readonly Service[],
  {
    host = SERVER_DEFAULTS.host,
    port = 0,
    credentials,
    graceMs = SERVER_DEFAULTS.graceSeconds * 1_000,
    lastCallsMs = 1_000,
    lastStatusMs = 2_000,
    closeMs,
    boundCalls: bounds,
    descriptorSet,
    interceptors = [],
    onCallEnd,
    counts,
    onCallReset,
    onCallRefused,
    onConnectionRefused,
    onUnserved = () => {},
    onHandlerError,
    onRunningOn,
    runningOnMs,
    onTlsError,
    maxCalls = SERVER_DEFAULTS.maxCalls,
    maxConnections = SERVER_DEFAULTS.maxConnections,
    maxConnectionAgeSeconds = SERVER_DEFAULTS.maxConnectionAgeSeconds,
    ...limits
  }: StartServerOptions,
): Promise<RunningServer> {
  if (!credentials && !(await isOnlyForThisMachine(host))) {
    throw new OperatorError(`other machines reach ${host}: a server there needs credentials`);
  }
  const watch = onCallEnd || counts ? [watchCalls(onCallEnd ?? (() => {}), counts)] : [];
  const server = new Server({
    ...serverChannelOptions(limits),
    interceptors: [boundCalls({ onReset: onCallReset, ...bounds }), ...watch, ...interceptors],
  });
  const openCalls = new OpenCalls({
    onError: onHandlerError && ((error, call) => onHandlerError(error, named(call))),
    maxCalls,
    onRefused: (call) => onCallRefused?.(named(call)),
    onRunningOn: (call) => onRunningOn?.(named(call)),
    runningOnMs,
  });
  for (const [definition, implementation] of services) server.addService(definition, openCalls.track(implementation));
  const names = services.map(([definition]) => serviceName(definition));
  const health = addHealth(server, openCalls, names);
  if (descriptorSet) addReflection(server, openCalls, descriptorSet, names);
  const boundPort = await listen(server, host, port, credentials ?? ServerCredentials.createInsecure());
  const dropConnections = keepConnections(server);
  keepClosingConnections(server);
  watchUnserved(server, onUnserved);
  limitConnections(server, maxConnections, onConnectionRefused);
  if (maxConnectionAgeSeconds > 0) {
    const reason = statusError(status.UNAVAILABLE, 'the connection is too old');
    limitConnectionAge(server, {
      ageMs: maxConnectionAgeSeconds * 1_000,
      graceMs,
      lastStatusMs,
      endCalls: (session) => openCalls.fail(reason, (call) => sessionOf(call) === session),
    });
  }
  if (onTlsError) reportTlsErrors(server, onTlsError);

  async function stopOnce(): Promise<void> {
    await endCalls();
    await closeServices(services, closeMs);
  }

  async function endCalls(): Promise<void> {
    const reason = statusError(status.UNAVAILABLE, 'server is shutting down');
    health.stop();
    // A client of gRPC makes a call again that was refused by GOAWAY; a proxy, such as nginx, may not.
    await settlesWithin(takeLastCalls(server), lastCallsMs);
    // tryShutdown by itself would wait for ever for an open stream.
    const closed = promisify(server.tryShutdown.bind(server))();
    openCalls.interrupt(reason);
    if (await settlesWithin(closed, graceMs)) return;
    openCalls.fail(reason);
    await settlesWithin(closed, lastStatusMs);
    forceStop();
  }

  function forceStop(): void {
    server.forceShutdown();
    // By itself that waits for clients that have been told to go away and do not. What it says to the others goes first.
    setTimeout(dropConnections, LAST_FRAMES_MS).unref();
  }

  let stopped: Promise<void> | undefined;
  return {
    port: boundPort,
    openCalls,
    stop: () => (stopped ??= stopOnce()),
    forceStop,
  };
}

async function closeServices(services: readonly Service[], closeMs = 10_000): Promise<void> {
  const errors: unknown[] = [];
  async function closeAll(): Promise<void> {
    for (const [, , close] of services.toReversed()) {
      try {
        await close?.();
      } catch (error) {
        errors.push(error);
      }
    }
  }
  if (!(await settlesWithin(closeAll(), closeMs))) {
    errors.push(new OperatorError(`the services did not close within ${closeMs / 1_000} s`));
  }
  if (errors.length > 0) throw errors[0];
}

function named(call: ServerCall): NamedCall {
  return { id: String(call.metadata.get(CALL_ID)[0] ?? ''), method: call.getPath() };
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
