import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { findNatsServer, freePort, GET_NATS_SERVER, NatsServer, stopAll } from '@grpc-by-example/testing';
import { subscribe } from 'datahub-client/src/subscribe.ts';
import { EgressClient, IngestClient, RequestSendDataPackage } from 'datahub-proto';
import { connect } from 'grpc-program/client';
import { callsOf, isStatus } from 'grpc-streams';
import { DemoProgram } from './demo-program.ts';

const FOLDER = 'examples/datahub-egress';
const TAG = 'SomeTagName';
const SUBSCRIBERS = 8;
/** Packages of one call. */
const A_CALL = 10;
/** Packages between two mishaps. */
const A_WHILE = 500;
/** So much is in each package that one who does not read soon has as much waiting for it as may wait. */
const PADDING = ' '.repeat(1_000);
const LONGEST_SECONDS = 3_600;
const TICK_MS = 10;
/** Longer than anything here takes on a busy machine. */
const HANGS_MS = 120_000;
const NO_BACKOFF = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 100 };

const say = (who: string, text: string) => console.log(`${who.padEnd(9)} | ${text}`);

/** A server of the hub, which comes back at its port. */
class Replica {
  readonly name: string;
  readonly #broker: string;
  port = 0;
  #program: DemoProgram | undefined;

  constructor(name: string, broker: string) {
    this.name = name;
    this.#broker = broker;
  }

  async start(): Promise<void> {
    this.port ||= await freePort();
    const args = ['--host', '127.0.0.1', '--port', `${this.port}`, '--broker', this.#broker, '--log-level', 'error'];
    return new Promise((ready, failed) => {
      const program = new DemoProgram(`${FOLDER}/server`, args, (line) => {
        const isReady = / listens on 127\.0\.0\.1:\d+\./.test(line);
        if (!isReady && !/is shutting down$/.test(line)) say(this.name, line);
        if (!isReady) return;
        say(this.name, 'listens');
        ready();
      });
      this.#program = program;
      void program.exitCode.then(() => failed(new Error(`${this.name} ended`)));
    });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#program?.child.kill(signal);
    await this.#program?.exitCode;
  }
}

/** Sends numbers, by each replica in turn, and repeats each call until it is accepted. */
class Sender {
  accepted = 0;
  /** Numbers of calls that were made more than once. */
  readonly repeated = new Set<number>();
  readonly #clients: readonly IngestClient[];
  /** Why the last call was not accepted; empty if it was. */
  refusal = '';

  constructor(clients: readonly IngestClient[]) {
    this.#clients = clients;
  }

  async send(count: number): Promise<void> {
    for (const end = this.accepted + count; this.accepted < end; this.accepted += A_CALL) {
      const numbers = Array.from({ length: A_CALL }, (_, n) => this.accepted + n);
      const request = new RequestSendDataPackage()
        .setTelemetryguid(randomUUID())
        .setTrackingguid(randomUUID())
        .setTagname(TAG)
        .setTagvalueList(numbers.map((number) => `${number}${PADDING}`));
      for (let n = this.accepted / A_CALL; !(await this.#accepts(request, n)); n++) {
        for (const number of numbers) this.repeated.add(number);
        await delay(50);
      }
      await delay(2);
    }
  }

  async #accepts(request: RequestSendDataPackage, n: number): Promise<boolean> {
    const client = this.#clients[n % this.#clients.length] as IngestClient;
    try {
      await callsOf(client).sendDataPackage(request, { deadline: Date.now() + 10_000 });
      this.refusal = '';
      return true;
    } catch (error) {
      if (!isStatus(error) || error.code !== status.UNAVAILABLE) throw error;
      this.refusal = error.details;
      return false;
    }
  }
}

/** The numbers that one subscriber has got. */
class Received {
  readonly numbers: number[] = [];
  #hasBegun = false;

  /** Takes a value, or what else a client has printed. */
  take(line: string): void {
    const [digits = ''] = /^\d+/.exec(line) ?? [];
    if (digits.length === 18)
      this.#hasBegun = true; // a tick
    else if (digits !== '') this.numbers.push(Number(digits));
  }

  async begins(): Promise<void> {
    while (!this.#hasBegun) await delay(10);
  }

  /** @throws when it does not come */
  async has(number: number): Promise<void> {
    for (const end = performance.now() + HANGS_MS; this.numbers.at(-1) !== number; await delay(10)) {
      if (performance.now() > end) throw new Error(`a subscriber misses package ${number}`);
    }
  }
}

/**
 * Kills a replica and the broker, and stops another replica, while packages flow; counts what subscribers have missed.
 *
 * @returns 0 if that is nothing
 */
export async function runReplicas(count: number, { interrupted }: { interrupted: AbortSignal }): Promise<number> {
  const path = findNatsServer();
  if (!path) {
    console.error(`Error: nats-server is not here: ${GET_NATS_SERVER}`);
    return 1;
  }
  const nats = await NatsServer.start(path);
  say('broker', 'nats-server, with JetStream');
  const replicas = Array.from({ length: count }, (_, n) => new Replica(`replica ${n + 1}`, nats.url));
  const over = new AbortController();
  const stop = () => over.abort();
  interrupted.addEventListener('abort', stop);
  try {
    for (const replica of replicas) await replica.start();
    const run = playMishaps(nats, replicas, over.signal);
    const interruption = new Promise<number>((resolve) => over.signal.addEventListener('abort', () => resolve(0)));
    return await Promise.race([run, interruption]);
  } finally {
    interrupted.removeEventListener('abort', stop);
    over.abort();
    await Promise.all(replicas.map((replica) => replica.end('SIGINT')));
    await stopAll();
  }
}

async function playMishaps(nats: NatsServer, replicas: readonly Replica[], over: AbortSignal): Promise<number> {
  const [first, last] = [replicas[0] as Replica, replicas.at(-1) as Replica];
  const addresses = replicas.map(({ port }) => `127.0.0.1:${port}`);
  /** All of them, another one first for each. */
  const addressOf = (n: number) => {
    const own = n % addresses.length;
    return `ipv4:${[...addresses.slice(own), ...addresses.slice(0, own)].join()}`;
  };
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, n) => {
    const received = new Received();
    const client = connect(EgressClient, { address: addressOf(n) }, NO_BACKOFF);
    subscribe(client, {
      ...{ tagName: TAG, limitMs: LONGEST_SECONDS * 1_000, field: 'value', firstWaitMs: 100, interrupted: over },
      ...{ print: (value) => received.take(value), warn: () => {} },
    }).then(
      () => client.close(),
      (error: Error) => say('subscriber', error.message),
    );
    return received;
  });
  const frozen = new Received();
  const args = ['--values', '--seconds', `${LONGEST_SECONDS}`, '--address', addressOf(0)];
  const frozenClient = new DemoProgram(`${FOLDER}/client`, args, (line) => frozen.take(line));
  over.addEventListener('abort', () => frozenClient.child.kill('SIGKILL'));
  const ingests = addresses.map((address) => connect(IngestClient, { address }, NO_BACKOFF));
  over.addEventListener('abort', () => {
    for (const client of ingests) client.close();
  });
  await Promise.all([...subscribers, frozen].map((received) => received.begins()));
  frozenClient.child.kill('SIGSTOP');
  say('demo', `${SUBSCRIBERS} subscribers, and one that is frozen`);

  const sender = new Sender(ingests);
  const send = async () => {
    await sender.send(A_WHILE);
    say('sender', `${sender.accepted} packages were accepted`);
  };
  const everyoneHasAll = () => Promise.all(subscribers.map((received) => received.has(sender.accepted - 1)));

  await send();
  say('demo', `kills ${first.name}`);
  await first.end('SIGKILL');
  await send();
  await first.start();
  await everyoneHasAll();

  say('demo', 'kills the broker');
  await nats.kill();
  const sending = send();
  // Each replica says so, and hears later than the other that the broker is back: it is told once.
  while (!sender.refusal.startsWith('the broker is away')) await delay(10);
  say('sender', sender.refusal);
  await nats.startAgain();
  say('broker', 'is back');
  // Not by a clock: on a busy machine, where all takes longer, this process ticks less often.
  let ticks = 0;
  const ticker = setInterval(() => ticks++, TICK_MS).unref();
  await sending;
  await everyoneHasAll();
  clearInterval(ticker);
  const seconds = (ticks * TICK_MS) / 1_000;
  say('demo', `all subscribers have all packages${seconds < 10 ? '' : `, but only after ${Math.round(seconds)} s`}`);

  say('demo', `stops ${last.name}`);
  await last.end('SIGTERM');
  await send();
  await last.start();
  await everyoneHasAll();
  say('demo', 'the frozen one thaws');
  frozenClient.child.kill('SIGCONT');
  await frozen.has(sender.accepted - 1);
  return judge([...subscribers, frozen], sender) && seconds < 10 ? 0 : 1;
}

/** Says what the subscribers have missed, or have in another order, or twice although it was sent once. */
function judge(all: readonly Received[], { accepted, repeated }: Sender): boolean {
  let [lost, displaced, doubled] = [0, 0, 0];
  for (const { numbers } of all) {
    const firsts = [...new Set(numbers)];
    lost += accepted - firsts.length;
    displaced += firsts.filter((number, n) => n > 0 && number < (firsts[n - 1] ?? 0)).length;
    const seen = new Set<number>();
    for (const number of numbers) {
      if (seen.has(number) && !repeated.has(number)) doubled += 1;
      seen.add(number);
    }
  }
  say(
    'demo',
    `${accepted} packages for ${all.length} subscribers: ${lost} lost, ${displaced} out of order, ${doubled} twice`,
  );
  say('demo', '(of calls that the sender had to repeat, subscribers may have some twice)');
  return lost + displaced + doubled === 0;
}
