import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { builtNatsServer, NatsServer, until } from '@grpc-by-example/testing';
import { jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { expect, onTestFinished, test, vi } from 'vitest';
import { subjectOf } from '../src/subject.ts';
import { noted, numbers, Reader } from './readers.ts';
import { connect, forget } from './start.ts';

const FOREIGN = {
  code: status.OUT_OF_RANGE,
  details: 'the position is not of this log, which may have begun anew; subscribe without it',
};
const TOO_OLD = {
  code: status.OUT_OF_RANGE,
  details: 'the position is too old: what came next is no longer kept; subscribe without it',
};
const TOO_SLOW = 'you read too slowly: what comes next is no longer kept';

/** What an operator does, who makes the stream beforehand. */
async function makeStream(url: string, limits: object): Promise<void> {
  const connection = await connectNats({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'notes', subjects: ['notes.*'], allow_direct: true, ...limits });
  await connection.close();
}

const start = async (context: Parameters<typeof builtNatsServer>[0], ...args: string[]) =>
  NatsServer.start(await builtNatsServer(context), args);

test('topics of any text neither collide nor leak', async (context) => {
  const log = await connect((await start(context)).url);
  const topics = [
    ...['a', 'A', ' a', 'a ', 'a.b', 'a.*', '*', '>', 'a.>', '.', '..', ' ', '\t\n', '\0', '$JS.API.>', 'a/b', 'a%2Eb'],
    ...[
      'caf\u00e9',
      'cafe\u0301',
      '\u{1f600}',
      '\u{1f601}',
      'x'.repeat(10_000),
      `${'x'.repeat(9_999)}y`,
      'x'.repeat(100_000),
    ],
  ];
  const readers = await Promise.all(topics.map((topic) => Reader.on(log, topic)));
  const count = await log.publishAll(topics.flatMap((topic, n) => noted(topic, [`${n}`, `${n} again`])));
  expect(count).toBe(2 * topics.length);
  await until(() => readers.every(({ notes }) => notes.length >= 2));
  const again = await Promise.all(
    topics.map((topic, n) => Reader.on(log, topic, { after: readers[n]?.notes[0]?.position })),
  );
  await until(() => again.every(({ notes }) => notes.length >= 1));
  // What else came to a topic has come before this.
  await log.publishAll(topics.flatMap((topic) => noted(topic, ['end'])));
  await until(() => [...readers, ...again].every(({ texts }) => texts.includes('end')));
  for (const [n, { texts }] of readers.entries())
    expect(texts, topics[n]?.slice(0, 20)).toEqual([`${n}`, `${n} again`, 'end']);
  for (const [n, { texts }] of again.entries()) expect(texts).toEqual([`${n} again`, 'end']);
});

test('what others write into the stream is no message', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic');
  const stranger = await connectNats({ servers: nats.url });
  const subject = subjectOf('notes', 'topic');
  for (const data of ['', 'garbage', 'null', '{"topic": "other", "text": "leak"}'])
    await jetstream(stranger).publish(subject, data);
  await stranger.close();
  await log.publishAll(noted('topic', ['good']));
  await until(() => reader.notes.length > 0);
  expect(reader.texts).toEqual(['good']);
  const late = await Reader.on(log, 'topic', { after: reader.notes[0]?.position?.replace(/\d+$/, '0') });
  await until(() => late.notes.length > 0);
  expect(late.texts).toEqual(['good']);
});

test('positions: foreign, from the future, too old; of another topic they are good', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_bytes: 100_000 });
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic', { first: (position) => ({ topic: 'topic', text: 'first', position }) });
  const old = reader.notes[0]?.position ?? reader.subscription.position;
  const name = old.split('.')[0];
  for (const after of [
    `${name}.1`,
    `x${old}`,
    `${old} `,
    '.',
    'AAAAAAAA.0',
    '\0',
    'x'.repeat(10_000),
    `${name}.99999999999999999999`,
  ]) {
    await expect(Reader.on(log, 'topic', { after }), after).rejects.toMatchObject(FOREIGN);
  }
  await log.publishAll(noted('topic', ['1', '2']));
  const other = await Reader.on(log, 'other', { after: old });
  await log.publishAll(noted('other', ['a']));
  await until(() => other.notes.length === 1);
  expect(other.texts).toEqual(['a']);
  await log.publishAll(
    noted(
      'topic',
      Array.from({ length: 20 }, () => 'x'.repeat(10_000)),
    ),
  );
  await expect(Reader.on(log, 'topic', { after: old })).rejects.toMatchObject(TOO_OLD);
});

test('a quiet topic has positions that do not grow old', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_msgs: 7 });
  const log = await connect(nats.url);
  const quiet = await Reader.on(log, 'quiet');
  const before = quiet.subscription.position;
  for (const count of [6, 12, 18, 24, 30]) {
    await log.publishAll(
      noted(
        'busy',
        Array.from({ length: 6 }, () => 'x'.repeat(10_000)),
      ),
    );
    await until(() => quiet.subscription.position.endsWith(`.${count}`));
  }
  await expect(Reader.on(log, 'quiet', { after: before })).rejects.toMatchObject(TOO_OLD);
  const after = quiet.subscription.position;
  await log.publishAll(noted('busy', ['x']));
  await until(() => quiet.subscription.position.endsWith('.31'));
  const back = await Reader.on(log, 'quiet', { after });
  await until(() => back.subscription.position.endsWith('.31'));
  await log.publishAll(noted('quiet', ['at last']));
  await until(() => back.notes.length === 1 && quiet.notes.length === 1);
});

test('one that is slow holds up nobody, keeps little, and comes back; large messages too', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const [slow, quick] = [await log.subscribe('topic'), await Reader.on(log, 'topic')];
  const large = Array.from({ length: 60 }, (_, n) => `${n} ${'x'.repeat(900_000)}`);
  await log.publishAll(noted('topic', numbers(0, 3_000)));
  await log.publishAll(noted('topic', large));
  await until(() => quick.notes.length === 3_060);
  expect(slow.messages.size).toBeLessThanOrEqual(1_000);
  const taken: string[] = [];
  let mostBytes = 0;
  const reading = (async () => {
    for await (const { text } of slow.messages) {
      taken.push(text);
      mostBytes = Math.max(mostBytes, slow.messages.bytes);
    }
  })();
  await until(() => taken.length === 3_060);
  expect(taken).toEqual(quick.texts);
  expect(mostBytes).toBeLessThan(2 ** 20 + 1_000_000);
  await log.publishAll(noted('topic', ['live']));
  await until(() => taken.at(-1) === 'live');
  slow.leave();
  slow.messages.end();
  await reading;
});

test('one that is slower than the log reaches back is told', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_bytes: 1_000_000 });
  const log = await connect(nats.url);
  const quick = await Reader.on(log, 'topic');
  await log.publishAll(noted('topic', ['the feed is there']));
  await until(() => quick.notes.length === 1);
  const slow = await log.subscribe('topic');
  for (let n = 0; n < 5_000; n += 100) {
    await log.publishAll(
      noted(
        'topic',
        numbers(n, n + 100).map((text) => `${text} ${'x'.repeat(500)}`),
      ),
    );
    await until(() => quick.notes.length === 1 + n + 100);
  }
  const taken: string[] = [];
  for await (const { text } of slow.messages) taken.push(text.split(' ')[0] ?? '');
  expect(slow.reason).toBe(TOO_SLOW);
  expect(taken).toEqual(numbers(0, taken.length));
  expect(taken.length).toBeLessThan(5_000);
});

const hasAll = ({ notes, subscription }: Reader, count: number) => notes.length === count || subscription.reason !== '';

test('who keeps up has everything of a stream that keeps less than is read at once', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_msgs: 60 });
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic');
  for (let n = 0; n < 1_000; n += 40) {
    await log.publishAll(noted('topic', numbers(n, n + 40)));
    await until(() => hasAll(reader, n + 40));
  }
  expect(reader.subscription.reason).toBe('');
  expect(reader.texts).toEqual(numbers(0, 1_000));
});

test('who keeps up has everything of a stream that keeps little, with other topics in between', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_msgs: 200 });
  const log = await connect(nats.url);
  const [one, other] = [await Reader.on(log, 'one'), await Reader.on(log, 'other')];
  for (let n = 0; n < 1_000; n += 5) {
    const inTurn = numbers(n, n + 5).flatMap((text) => [...noted('one', [text]), ...noted('other', [text])]);
    await log.publishAll(inTurn);
    await until(() => hasAll(one, n + 5) && hasAll(other, n + 5));
  }
  for (const { subscription, texts } of [one, other]) {
    expect(subscription.reason).toBe('');
    expect(texts).toEqual(numbers(0, 1_000));
  }
});

test('who misses something is told', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_msgs: 10 });
  const log = await connect(nats.url);
  const [reader, quiet] = [await Reader.on(log, 'topic'), await Reader.on(log, 'quiet')];
  const connection = await connectNats({ servers: nats.url });
  const { consumers } = await jetstreamManager(connection);
  await log.publishAll(noted('topic', ['before']));
  await until(() => reader.texts.at(-1) === 'before');
  const isTold = ({ subscription }: Reader) => subscription.reason !== '';
  let last = 1;
  const publish20 = async () => {
    await log.publishAll(noted('topic', numbers(last, last + 20)));
    last += 20;
  };
  // On a busy machine a consumer may be made anew before all are there, and miss nothing.
  while (!isTold(reader)) {
    for await (const { name } of consumers.list('notes')) await forget(consumers, name);
    await publish20();
    await until(() => isTold(reader) || reader.texts.at(-1) === `${last - 1}`);
  }
  while (!isTold(quiet)) {
    await until(() => isTold(quiet) || quiet.subscription.position.endsWith(`.${last}`));
    await publish20();
  }
  for (const { subscription } of [reader, quiet])
    expect(subscription.reason).toBe('the broker no longer has what comes next');
  await connection.close();
});

test.for([
  [{ allow_direct: false }, 'without allow_direct, nobody could read what was missed'],
  [{ subjects: ['other.*'] }, 'it does not have the subjects notes.*'],
  [{ retention: RetentionPolicy.Interest }, 'it must keep messages whether or not they were read'],
  [{ no_ack: true }, 'with no_ack, nobody knows what it has accepted'],
  [
    { max_msgs_per_subject: 10 },
    'with max_msgs_per_subject, it drops messages that are not the oldest, and nobody would know',
  ],
] as const)('a stream of an operator that does not do is told: %j', async ([settings, told], context) => {
  const nats = await start(context);
  await makeStream(nats.url, settings);
  await expect(connect(nats.url)).rejects.toThrow(`the stream "notes" of the broker cannot be used: ${told}`);
});

test('many who subscribe at once are few questions to the broker', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const overheard = await connectNats({ servers: nats.url });
  const asked = overheard.subscribe('$JS.API.STREAM.INFO.notes');
  await overheard.flush();
  await Promise.all(Array.from({ length: 500 }, () => log.subscribe('topic')));
  await overheard.flush();
  expect(asked.getReceived()).toBeLessThan(20);
  await overheard.close();
});

test('who cannot be served, since the stream has as many consumers as it may, is told', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_consumers: 1 });
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic');
  await log.publishAll(noted('topic', ['1']));
  await until(() => reader.notes.length === 1);
  const other = await Reader.on(log, 'other');
  // On a busy machine the first may have lost its consumer, and come back behind the other.
  const refused = await Promise.race([reader, other].map((one) => one.ended.then(() => one)));
  expect(refused.subscription.reason).toBe('the broker refuses: maximum consumers limit reached');
});

test('a hundred subscribers of a topic are one read of it', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const readers = await Promise.all(Array.from({ length: 100 }, () => Reader.on(log, 'topic')));
  await log.publishAll(noted('topic', numbers(0, 500)));
  await until(() => readers.every(({ notes }) => notes.length === 500));
  const connection = await connectNats({ servers: nats.url });
  const manager = await jetstreamManager(connection);
  const consumers = async () => (await manager.streams.info('notes')).state.consumer_count;
  // None while it is made anew, as on a busy machine.
  expect(await consumers()).toBeLessThanOrEqual(1);
  for (const { subscription } of readers) subscription.leave();
  for (let left = 1; left > 0; left = await consumers()) await delay(20);
  await connection.close();
});

test('a broker that is killed in the middle of many messages: all that was accepted arrives, once, in order', async (context) => {
  const nats = await start(context);
  const [a, b] = [await connect(nats.url), await connect(nats.url)];
  const readers = [await Reader.on(a, 'topic'), await Reader.on(b, 'topic')];
  const accepted: string[] = [];
  const refused: Error[] = [];
  let next = 0;
  let over = false;
  const sending = (async () => {
    while (!over) {
      const texts = numbers(next, next + 200);
      next += 200;
      try {
        await a.publishAll(noted('topic', texts));
        accepted.push(...texts);
        await delay(10); // the readers are in this process too
      } catch (error) {
        refused.push(error as Error);
        await delay(50);
      }
    }
  })();
  for (let kills = 0; kills < 3; kills++) {
    const before = accepted.length;
    await until(() => accepted.length > before + 2_000);
    await nats.kill();
    await until(() => refused.length > kills);
    await nats.startAgain();
    const then = accepted.length;
    let looks = 0;
    await until(() => {
      looks += 1;
      const first = accepted[then];
      return first !== undefined && readers.every(({ texts }) => texts.includes(first));
    });
    // 10 s, where nothing else runs: on a busy machine this process looks less often, as all takes longer.
    expect(looks).toBeLessThan(2_000);
  }
  over = true;
  await sending;
  for (const { code, details } of refused as (Error & { code: number; details: string })[]) {
    expect(code).toBe(status.UNAVAILABLE);
    expect(details).toMatch(/^the broker .*: nothing of this call was accepted; try again later$/);
  }
  const isAccepted = new Set(accepted);
  const last = accepted.at(-1) ?? '';
  // What was refused, and was handed on all the same, may come behind it.
  await until(() => readers.every(({ texts }) => texts.includes(last)));
  for (const { texts } of readers) expect(texts.filter((text) => isAccepted.has(text))).toEqual(accepted);
});

test('a broker that is frozen is one that is away', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic');
  nats.signal('SIGSTOP');
  const whileItFreezes = async () => {
    for (;;) await log.publishAll(noted('topic', ['lost?']));
  };
  await expect(whileItFreezes()).rejects.toMatchObject({ code: status.UNAVAILABLE });
  await expect(Reader.on(log, 'topic')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  nats.signal('SIGCONT');
  const publish = () => log.publishAll(noted('topic', ['again'])).catch(() => 0);
  while ((await publish()) === 0) await delay(100);
  await until(() => reader.texts.includes('again'));
});

test('a time in which this process was held up itself is not held against the broker', async (context) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const nats = await start(context);
  const log = await connect(nats.url);
  nats.signal('SIGSTOP');
  const publishing = log.publishAll(noted('topic', ['accepted']));
  await delay(1); // it is on its way
  vi.advanceTimersByTime(60_000);
  await delay(1_100); // by now it has looked
  nats.signal('SIGCONT');
  expect(await publishing).toBe(1);
});

test('a stream that is full, or takes no such message, refuses it in words', async (context) => {
  const nats = await start(context);
  await makeStream(nats.url, { max_bytes: 50_000, max_msg_size: 20_000, discard: 'new' });
  const log = await connect(nats.url);
  const publish = (bytes: number) => log.publishAll(noted('topic', ['x'.repeat(bytes)]));
  const words = (details: string) => ({ code: status.RESOURCE_EXHAUSTED, details });
  await expect(publish(2_000_000)).rejects.toMatchObject(
    words('a message of 2000027 bytes is too large for the broker, which takes 1048576'),
  );
  await expect(publish(30_000)).rejects.toMatchObject(
    words('the broker takes no more: message size exceeds maximum allowed'),
  );
  const fill = async () => {
    for (;;) await publish(15_000);
  };
  await expect(fill()).rejects.toMatchObject(words('the broker takes no more: maximum bytes exceeded'));
});

test('a broker that comes back with nothing has begun a new log', async (context) => {
  const nats = await start(context);
  const log = await connect(nats.url);
  const reader = await Reader.on(log, 'topic');
  await log.publishAll(noted('topic', ['1']));
  await until(() => reader.notes.length === 1);
  await nats.kill();
  nats.dropStore();
  await nats.startAgain();
  await reader.ended;
  expect(reader.subscription.reason).toBe('the broker has begun a new log, without what comes next');
  await expect(Reader.on(log, 'topic', { after: reader.notes[0]?.position })).rejects.toMatchObject(FOREIGN);
  const anew = await Reader.on(log, 'topic');
  await log.publishAll(noted('topic', ['2']));
  await until(() => anew.notes.length === 1);
});
