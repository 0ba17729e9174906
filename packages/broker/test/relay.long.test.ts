import { randomUUID } from 'node:crypto';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { builtNatsServer, NatsServer, stopLater, until } from '@grpc-by-example/testing';
import { DiscardPolicy, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect as connectNats, createInbox, nanos } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { connectRelay, type Relay } from '../src/index.ts';
import { forget, type Note, notes } from './start.ts';

/** More than a busy machine lets this process wait for its turn. */
const FORGET_MS = 6_000;
/** So long the broker takes a process for there that has asked for messages. */
const ASKED_MS = 5_000;

const note = (text: string): Note => ({ topic: '', text });

interface Listener {
  readonly relay: Relay<Note>;
  readonly heard: string[];
  gaps: number;
}

/** @param whenHeard holds up the relay */
async function listen(url: string, whenHeard: (text: string) => Promise<void> = async () => {}): Promise<Listener> {
  const relay = await connectRelay(url, {}, { name: 'notes', kind: notes, warn: () => {} }, FORGET_MS);
  stopLater(() => relay.close());
  const listener: Listener = { relay, heard: [], gaps: 0 };
  relay.start({
    async take({ text }) {
      listener.heard.push(text);
      await whenHeard(text);
    },
    onGap: () => {
      listener.gaps += 1;
    },
  });
  return listener;
}

/** Waits for as long as the broker remembers a process that has asked for messages once, and is silent from then on. */
async function untilSilentIsForgotten(url: string): Promise<void> {
  const connection = await connectNats({ servers: url });
  const { consumers } = await jetstreamManager(connection);
  const name = `silent-${randomUUID()}`;
  await consumers.add('notes', {
    durable_name: name,
    filter_subject: 'notes.nobody',
    inactive_threshold: nanos(FORGET_MS / 2),
  });
  const reply = createInbox();
  connection.subscribe(reply);
  connection.publish(`$JS.API.CONSUMER.MSG.NEXT.notes.${name}`, JSON.stringify({ expires: nanos(ASKED_MS) }), {
    reply,
  });
  const isThere = () =>
    consumers.info('notes', name).then(
      () => true,
      (error: Error) => !/not found/.test(error.message),
    );
  while (await isThere()) await delay(50);
  await connection.close();
}

test.concurrent('who takes long for a message is not gone', async (context) => {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const fast = await listen(nats.url);
  const slow = await listen(nats.url, async (text) => {
    if (text !== '0') return;
    for (let times = 0; times < 2; times++) await untilSilentIsForgotten(nats.url);
  });
  await slow.relay.send(note('here'), undefined, { key: 0, message: note('left') });
  const numbers = Array.from({ length: 10 }, (_, n) => `${n}`);
  for (const text of numbers) void fast.relay.send(note(text));
  await until(() => slow.heard.length === 11);
  expect(slow).toMatchObject({ heard: ['here', ...numbers], gaps: 0 });
  expect(fast.heard).toEqual(['here', ...numbers]);
});

test.concurrent('a will of whose message nobody waits for the end is fulfilled, once', async (context) => {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const [one, other, third] = [await listen(nats.url), await listen(nats.url), await listen(nats.url)];
  const ends = new AbortController();
  const sent = one.relay.send(note('here'), ends.signal, { key: 0, message: note('left') });
  await setImmediate(); // it is on its way
  ends.abort();
  await sent.catch(() => {});
  await one.relay.fulfil(0);
  await until(() => other.heard.includes('left'));
  // When the other one has fulfilled the will of the third, it would have fulfilled one of the first, too.
  await third.relay.send(note('me too'), undefined, { key: 0, message: note('third left') });
  await one.relay.close();
  await third.relay.close();
  await until(() => other.heard.includes('third left'));
  expect(other.heard).toEqual(['here', 'left', 'me too', 'third left']);
});

test.concurrent('a process that the stream has forgotten learns it, although nobody has a will', async (context) => {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const forgotten = await listen(nats.url);
  const connection = await connectNats({ servers: nats.url });
  const { consumers } = await jetstreamManager(connection);
  const [{ name } = { name: '' }] = await consumers.list('notes').next();
  const { relay } = await listen(nats.url);
  await forget(consumers, name);
  await relay.send(note('missed'));
  await until(() => forgotten.gaps === 1 || forgotten.heard.includes('missed'));
  await relay.send(note('heard'));
  await until(() => forgotten.heard.includes('heard'));
  await connection.close();
});

test.concurrent('a message that is too large with what the relay adds to it is refused, and no other', async (context) => {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const { relay, heard } = await listen(nats.url);
  const bytes = 2 ** 20 - notes.encode(note('')).length;
  await expect(relay.send(note('x'.repeat(bytes)))).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/^a message of \d+ bytes is too large for the broker, which takes 1048576$/),
  });
  await relay.send(note('x'.repeat(bytes - 200)));
  expect(heard).toHaveLength(1);
});

test.concurrent.for([
  [{ retention: RetentionPolicy.Limits }, 'it must keep messages while there is interest, and discard new ones'],
  [{ subjects: ['other.*'] as string[] }, 'it does not have the subjects notes.*'],
  [{ max_age: nanos(60_000) }, 'with max_age, it drops what a process has not taken yet'],
] as const)('a stream of an operator that does not do is told: %j', async ([settings, told], context) => {
  const nats = await NatsServer.start(await builtNatsServer(context));
  const connection = await connectNats({ servers: nats.url });
  const { streams } = await jetstreamManager(connection);
  const [retention, discard] = [RetentionPolicy.Interest, DiscardPolicy.New];
  await streams.add({ name: 'notes', subjects: ['notes.*'], retention, discard, ...settings });
  await connection.close();
  await expect(listen(nats.url)).rejects.toThrow(`the stream "notes" of the broker cannot be used: ${told}`);
});
