import { setTimeout } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { PATIENCE_MS } from './follow.ts';
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
  /** Whether the handler took a part of the requests for all of them: it read to their end, and the client sends on. */
  readonly misled: boolean;
  /** What the server has open in the end: calls, or itself, if it does not come to the end of its graceful stop. */
  readonly open: readonly string[];
}

/** How long the end of a call may take to reach the other side. */
const SETTLE_MS = 1_500;
/** How long a call may go on after its deadline. */
const OVERTIME_MS = 1_000;
/** How long a process may take to start. */
const START_MS = 10_000;
const HANGS: Seen = { status: 'hangs', messages: 0 };

/** Runs a row on a real server and a real client, and closes both. */
export async function runRow(stack: Stack, kind: Kind, row: Row): Promise<Outcome> {
  const watch = new Watch();
  const server = await stack.serve(kind, row.handler, watch);
  const client = await startClient(stack, kind, row, server, watch);
  try {
    const acted = momentOf(row, watch).then(client.act);
    const apart = inOtherProcess.includes(row.outside);
    const deadline = row.client.deadline ?? PATIENCE_MS;
    const limit = (apart ? START_MS : 0) + deadline + OVERTIME_MS;
    const frozen = row.outside === 'frozen';
    const seen = frozen ? { status: UNSEEN, messages: 0 } : ((await within(limit, client.seen)) ?? HANGS);
    // A frozen client sees nothing, and may never do so again: the handler is freed all the same.
    if (frozen) await within(START_MS, watch.entered);
    if (watch.hasEntered) await within(frozen ? deadline + SETTLE_MS : SETTLE_MS, watch.left);
    const left = watch.hasLeft ? 'ran' : 'did not run';
    if (frozen) await client.close();
    await untilNone(() => server.openCalls());
    const calls = Array<string>(server.openCalls()).fill('call');
    const stopped = !graceful.includes(row.outside) || (await within(SETTLE_MS, acted)) === 'stopped';
    return {
      ...seen,
      signal: reasonOf(watch.signal),
      finally: watch.hasEntered ? left : 'never entered',
      misled: watch.readAll && (row.client.halfCloses === false || row.client.sends === Number.POSITIVE_INFINITY),
      open: [...calls, ...(stopped ? [] : ['server'])],
    };
  } finally {
    await client.close();
    server.stopByForce();
  }
}

interface Client {
  readonly seen: Promise<Seen>;
  /** Makes happen what the row wants from outside; gives `stopped` when the server has stopped gracefully. */
  act(): unknown;
  close(): Promise<void>;
}

/** When things happen to a call: when the handler runs, or waits for more requests of a client that stays. */
function momentOf({ client }: Row, watch: Watch): Promise<void> {
  return client.halfCloses === false ? watch.caughtUp : watch.entered;
}

const inOtherProcess: readonly (Outside | undefined)[] = ['apart', 'killed', 'frozen'];
const graceful: readonly (Outside | undefined)[] = ['interrupted', 'stopped'];

async function startClient(stack: Stack, kind: Kind, row: Row, server: RunningServer, watch: Watch): Promise<Client> {
  const { outside, client: plan } = row;
  if (inOtherProcess.includes(outside)) {
    const remote = new RemoteClient({ module: stack.module, port: server.port, kind, plan }, momentOf(row, watch));
    const act = () => {
      if (outside === 'killed') remote.signal('SIGKILL');
      if (outside === 'frozen') remote.signal('SIGSTOP');
    };
    return { seen: remote.seen, act, close: () => remote.close() };
  }
  const proxy = outside === 'cut' ? new TcpProxy(server.port) : undefined;
  const connection = stack.connect(proxy ? await proxy.listen() : server.port);
  return {
    seen: connection.call(kind, plan, momentOf(row, watch)),
    act() {
      proxy?.cut();
      if (outside === 'forced') server.stopByForce();
      if (!graceful.includes(outside)) return undefined;
      return server.stopGracefully(outside === 'stopped').then(() => 'stopped');
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
async function untilNone(count: () => number): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  while (count() > 0 && performance.now() < end) await setTimeout(5);
}

function reasonOf(signal: AbortSignal | undefined): string {
  return signal?.aborted ? nameOf(signal.reason as ServiceError) : 'none';
}
