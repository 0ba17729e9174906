import { setTimeout } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { nameOf } from './our-client.ts';
import type { Kind, Outside } from './plans.ts';
import { RemoteClient } from './remote-client.ts';
import { type Row, UNSEEN } from './rows.ts';
import { type RunningServer, type Seen, type Stack, Watch } from './stack.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface Outcome extends Seen {
  /** The reason of the handler's signal, or `none`. */
  readonly signal: string;
  /** Whether the handler's `finally` ran. */
  readonly finally: 'ran' | 'did not run' | 'never entered';
  /** The calls that are open in the end. */
  readonly openCalls: number;
}

/** How long the end of a call may take to reach the other side. */
const SETTLE_MS = 1_500;
/** How long a call may take: longer than its deadline, for when not even that ends it. */
const ROW_MS = 5_000;
const HANGS: Seen = { status: 'hangs', messages: 0 };

/** Runs a row on a real server and a real client, and closes both. */
export async function runRow(stack: Stack, kind: Kind, row: Row): Promise<Outcome> {
  const watch = new Watch();
  const server = await stack.serve(kind, row.handler, watch);
  const client = await startClient(stack, kind, row, server, watch);
  try {
    void watch.entered.then(client.onEntered);
    const frozen = row.outside === 'client process frozen';
    const seen = frozen ? { status: UNSEEN, messages: 0 } : ((await within(ROW_MS, client.seen)) ?? HANGS);
    // A frozen client sees nothing, and may never do so again: the handler is freed all the same.
    if (frozen) await within(ROW_MS, watch.entered);
    if (watch.hasEntered) await within(frozen ? ROW_MS : SETTLE_MS, watch.left);
    const left = watch.hasLeft ? 'ran' : 'did not run';
    if (frozen) await client.close();
    await untilNone(() => server.openCalls());
    return {
      ...seen,
      signal: reasonOf(watch.signal),
      finally: watch.hasEntered ? left : 'never entered',
      openCalls: server.openCalls(),
    };
  } finally {
    await client.close();
    server.stopByForce();
  }
}

interface Client {
  readonly seen: Promise<Seen>;
  onEntered(): void;
  close(): Promise<void>;
}

const inOtherProcess: readonly (Outside | undefined)[] = [
  'client process killed',
  'client process frozen',
  'client process',
];

async function startClient(stack: Stack, kind: Kind, row: Row, server: RunningServer, watch: Watch): Promise<Client> {
  const { outside, client: plan } = row;
  if (inOtherProcess.includes(outside)) {
    const remote = new RemoteClient({ module: stack.module, port: server.port, kind, plan }, watch.entered);
    const onEntered = () => {
      if (outside === 'client process killed') remote.signal('SIGKILL');
      if (outside === 'client process frozen') remote.signal('SIGSTOP');
    };
    return { seen: remote.seen, onEntered, close: () => remote.close() };
  }
  const proxy = outside === 'connection cut' ? new TcpProxy(server.port) : undefined;
  const connection = stack.connect(proxy ? await proxy.listen() : server.port);
  return {
    seen: connection.call(kind, plan, watch.entered),
    onEntered() {
      proxy?.cut();
      if (outside === 'server stopped gracefully') void server.stopGracefully();
      if (outside === 'server stopped by force') server.stopByForce();
    },
    async close() {
      connection.close();
      proxy?.cut();
    },
  };
}

/** Gives undefined when the time is up. */
async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  const controller = new AbortController();
  const timeUp = setTimeout(milliseconds, undefined, controller).catch(() => undefined);
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    controller.abort();
  }
}

/** Waits for what no event tells. */
export async function untilNone(count: () => number): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  while (count() > 0 && performance.now() < end) await setTimeout(5);
}

function reasonOf(signal: AbortSignal | undefined): string {
  return signal?.aborted ? nameOf(signal.reason as ServiceError) : 'none';
}
