import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { OpenCalls, pipelineResponses, statusError } from 'grpc-streams';
import { listen } from './listen.ts';

export type Service = readonly [definition: ServiceDefinition, implementation: UntypedServiceImplementation];

export interface StartServerOptions {
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Any free port unless told otherwise. */
  readonly port?: number;
  readonly credentials?: ServerCredentials;
  /** How long a stop waits for handlers to end by themselves. Default: 5,000. */
  readonly graceMs?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly openCalls: OpenCalls;
  /**
   * Takes no more calls and asks the open ones to end. After the grace period it ends the rest with UNAVAILABLE,
   * "server is shutting down".
   */
  stop(): Promise<void>;
  /** Drops every connection. */
  forceStop(): void;
}

/** How long the last statuses may take on their way before their connections are dropped. */
const LAST_STATUS_MS = 500;

/** Starts a server with the services given; resolves once it accepts calls. */
export async function startServer(
  services: readonly Service[],
  {
    host = 'localhost',
    port = 0,
    credentials = ServerCredentials.createInsecure(),
    graceMs = 5_000,
  }: StartServerOptions = {},
): Promise<RunningServer> {
  const server = new Server({ interceptors: [pipelineResponses] });
  const openCalls = new OpenCalls();
  for (const [definition, implementation] of services) server.addService(definition, openCalls.track(implementation));
  const boundPort = await listen(server, host, port, credentials);

  async function stopOnce(): Promise<void> {
    const reason = statusError(status.UNAVAILABLE, 'server is shutting down');
    // tryShutdown by itself would wait for ever for an open stream.
    const closed = promisify(server.tryShutdown.bind(server))();
    openCalls.interrupt(reason);
    if (await settlesWithin(closed, graceMs)) return;
    openCalls.fail(reason);
    await settlesWithin(closed, LAST_STATUS_MS);
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

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
