import { setTimeout } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { RemoteClient } from './client-process/remote-client.ts';
import { loadStack, type StackName } from './load-stack.ts';
import type { ClientPlan, HandlerPlan, Kind, Outside } from './plans.ts';
import { type Row, UNSEEN } from './rows.ts';
import { type RunningServer, type Seen, Watch } from './stack.ts';
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

export interface RunOptions {
  /** The command line of client-process/main.ts. */
  readonly clientProcess: readonly string[];
  /** How long a call may take to end, beyond its deadline; then it hangs. */
  readonly callMs: number;
  /** How long the end of a call may take to reach the other side. */
  readonly settleMs: number;
}

/** A deaf handler waits so much longer than the deadline of its call. */
const DEAF_MS = 400;
/** What is later than this is late; the same as in grpc-streams. */
const TOLERANCE_MS = 50;
const HANGS: Seen = { status: 'hangs', messages: 0 };

/** Runs a row on a real server and a real client, and closes both. */
export async function runRow(name: StackName, kind: Kind, row: Row, options: RunOptions): Promise<Outcome> {
  let deadline = row.client.deadline;
  let deafMs = DEAF_MS;
  for (;;) {
    const client: ClientPlan = { ...row.client, ...(deadline && { deadline }) };
    const handler: HandlerPlan = { ...row.handler, deafMs: deafMs + (deadline ?? 0) };
    const outcome = await runOnce(name, kind, { ...row, client, handler }, options);
    // On a busy machine, a deaf handler may be through before what it should hear of, or what should end its call.
    const isThrough = row.handler.ends === 'waits deaf' && (outcome?.signal === 'none' || outcome?.status === 'OK');
    if (outcome && (!isThrough || row.expected.signal === 'none' || deafMs >= options.callMs / 4)) return outcome;
    if (outcome) deafMs *= 4;
    else deadline = deadline && deadline * 2;
  }
}

/** Gives undefined when the deadline passed before what it should have ended: the row has said nothing. */
async function runOnce(name: StackName, kind: Kind, row: Row, options: RunOptions): Promise<Outcome | undefined> {
  const stack = await loadStack(name);
  const { deadline = 0 } = row.client;
  const watch = new Watch();
  const server = await stack.serve(kind, row.handler, watch);
  const deadlineAt = Date.now() + deadline;
  const client = await startClient(name, kind, row, server, watch, options);
  try {
    const acted = momentOf(row, watch).then(client.act);
    const isFrozen = row.outside === 'frozen';
    // A frozen client sees nothing: it is the handler that has to hear of the deadline.
    const end = isFrozen ? watch.entered.then(() => ({ status: UNSEEN, messages: 0 })) : client.seen;
    const seen = (await within(options.callMs + deadline, Promise.race([end, client.seen]))) ?? HANGS;
    if (deadline > 0 && !watch.hasEntered && seen !== HANGS) return undefined;

    const settleMs = options.settleMs + (isFrozen ? deadline : 0);
    const settled = seen === HANGS ? AbortSignal.abort() : AbortSignal.timeout(settleMs);
    if (watch.hasEntered && !row.expected.runsOn) await before(settled, watch.left);
    const left = watch.hasLeft ? 'ran' : 'did not run';
    if (isFrozen) {
      await client.close();
      if ((await client.seen).status !== UNSEEN) return undefined;
    }
    while (server.openCalls() > 0 && !settled.aborted) await setTimeout(5);
    const calls = Array<string>(server.openCalls()).fill('call');
    const stopped = !graceful.includes(row.outside) || (await before(settled, acted)) === 'stopped';
    return {
      ...seen,
      signal: reasonOf(watch, seen, deadlineAt),
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

async function startClient(
  name: StackName,
  kind: Kind,
  row: Row,
  server: RunningServer,
  watch: Watch,
  { clientProcess }: RunOptions,
): Promise<Client> {
  const { outside, client: plan } = row;
  if (inOtherProcess.includes(outside)) {
    const remote = new RemoteClient(
      clientProcess,
      { stack: name, port: server.port, kind, plan },
      momentOf(row, watch),
    );
    const act = () => {
      if (outside === 'killed') remote.signal('SIGKILL');
      if (outside === 'frozen') remote.signal('SIGSTOP');
    };
    return { seen: remote.seen, act, close: () => remote.close() };
  }
  const proxy = outside === 'cut' ? new TcpProxy(server.port) : undefined;
  const connection = (await loadStack(name)).connect(proxy ? await proxy.listen() : server.port);
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
  return before(AbortSignal.timeout(milliseconds), promise);
}

/** Gives undefined when the signal fires first. */
async function before<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value | undefined> {
  const timeUp = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return Promise.race([promise, timeUp]);
}

function reasonOf({ signal, deadline = 0 }: Watch, seen: Seen, deadlineAt: number): string {
  if (!signal?.aborted) return 'none';
  const reason = status[(signal.reason as ServiceError).code] ?? String(signal.reason);
  // A request that was long on its way: the server cannot tell the deadline of the client, now past, from a cancel.
  const isLate = deadline > deadlineAt + TOLERANCE_MS;
  return isLate && reason === 'CANCELLED' && seen.status === 'DEADLINE_EXCEEDED' ? seen.status : reason;
}
