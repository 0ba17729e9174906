import { setTimeout as delay } from 'node:timers/promises';
import { builtNatsServer, freePort, NatsServer, stopLater, until } from '@grpc-by-example/testing';
import { DiscardPolicy, type JetStreamManager, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { expect, type TestContext, test } from 'vitest';
import { connectRelay } from '../src/index.ts';
import { noted, numbers, Reader } from './readers.ts';
import { connect, type Note, notes } from './start.ts';

/** Three brokers, of which one may be lost. */
async function startCluster(context: TestContext): Promise<NatsServer[]> {
  const path = await builtNatsServer(context);
  const places: string[] = [];
  for (let n = 0; n < 3; n++) places.push(`nats://127.0.0.1:${await freePort()}`);
  const cluster = ['--cluster_name', 'test', '--routes', places.join(',')];
  return Promise.all(
    places.map((place, n) => NatsServer.start(path, [...cluster, '--name', `n${n}`, '--cluster', place])),
  );
}

/** Does something at a cluster, which refuses for as long as it has no leader. */
async function atCluster<Result>(
  nodes: NatsServer[],
  act: (manager: JetStreamManager, connection: NatsConnection) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const connection = await connectNats({ servers: nodes.map(({ port }) => `127.0.0.1:${port}`) });
    try {
      return await act(await jetstreamManager(connection), connection);
    } catch {
      await delay(100);
    } finally {
      await connection.close();
    }
  }
}

test('a cluster whose streams change their leaders, and lose one, loses nothing', async (context) => {
  const nodes = await startCluster(context);
  const [first, second] = nodes as [NatsServer, NatsServer];
  const log = { name: 'notes', subjects: ['notes.*'], allow_direct: true, num_replicas: 3 };
  await atCluster(nodes, ({ streams }) => streams.add(log));
  const [retention, discard] = [RetentionPolicy.Interest, DiscardPolicy.New];
  const talk = { name: 'talk', subjects: ['talk.*'], retention, discard, max_bytes: 2 ** 22, num_replicas: 3 };
  await atCluster(nodes, ({ streams }) => streams.add(talk));

  const logs = [await connect(first.url), await connect(second.url)] as const;
  const readers = [await Reader.on(logs[0], 'topic'), await Reader.on(logs[1], 'topic')];
  const heard: string[][] = [];
  const relays = await Promise.all(
    [first, second].map(async ({ url }) => {
      const relay = await connectRelay<Note>(url, {}, { name: 'talk', kind: notes, warn: () => {} });
      stopLater(() => relay.close());
      const texts: string[] = [];
      heard.push(texts);
      const take = async ({ text }: Note) => {
        texts.push(text);
      };
      relay.start({ take, onGap: () => texts.push('a gap') });
      return relay;
    }),
  );

  const [accepted, said]: [string[], string[]] = [[], []];
  let isOver = false;
  const sending = (async () => {
    for (let n = 0; !isOver; n += 20) {
      const texts = numbers(n, n + 20);
      const count = await logs[n % 40 === 0 ? 0 : 1].publishAll(noted('topic', texts)).catch(() => 0);
      if (count > 0) accepted.push(...texts);
      await delay(5);
    }
  })();
  const talking = (async () => {
    for (let n = 0; !isOver; n++) {
      await relays[0]?.send({ topic: '', text: `${n}` });
      said.push(`${n}`);
      await delay(5);
    }
  })();
  /** Waits until more is accepted, and what was is there. */
  const goesOn = async () => {
    const [before, saidBefore] = [accepted.length, said.length];
    await until(() => accepted.length >= before + 200 && said.length >= saidBefore + 20);
    const [last, lastSaid] = [accepted.at(-1) ?? '', said.at(-1) ?? ''];
    await until(
      () => readers.every(({ texts }) => texts.includes(last)) && heard.every((texts) => texts.includes(lastSaid)),
    );
  };
  await goesOn();
  for (const name of ['notes', 'talk']) {
    await atCluster(nodes, async (_, connection) => {
      const reply = await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${name}`);
      expect(reply.json()).toMatchObject({ success: true });
    });
    await goesOn();
  }
  const leader = await atCluster(nodes, async ({ streams }) => (await streams.info('notes')).cluster?.leader);
  await nodes[Number(leader?.slice(1))]?.kill();
  await goesOn();
  isOver = true;
  await Promise.all([sending, talking]);

  const [last, isAccepted] = [accepted.at(-1), new Set(accepted)];
  await until(() => readers.every(({ texts }) => texts.includes(last ?? '')));
  for (const { texts } of readers) expect(texts.filter((text) => isAccepted.has(text))).toEqual(accepted);
  await until(() => heard.every((texts) => texts.length >= said.length));
  for (const texts of heard) expect(texts).toEqual(said);
});
