import { until } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { noted, numbers, Reader } from './readers.ts';
import { connect, natsServer } from './start.ts';

test('processes that share a log: every subscriber has every message, in one order; who comes back has what came since', async (context) => {
  const nats = await natsServer(context);
  const [a, b] = [await connect(nats.url), await connect(nats.url)];
  const [one, two] = [await Reader.on(a, 'topic'), await Reader.on(b, 'topic')];
  const counts = await Promise.all([
    a.publishAll(noted('topic', numbers(0, 1_000))),
    b.publishAll(noted('topic', numbers(1_000, 2_000))),
  ]);
  expect(counts).toEqual([1_000, 1_000]);
  await until(() => [one, two].every(({ notes }) => notes.length === 2_000));
  expect(two.notes).toEqual(one.notes);
  expect(one.texts.filter((text) => Number(text) < 1_000)).toEqual(numbers(0, 1_000));
  expect(one.texts.filter((text) => Number(text) >= 1_000)).toEqual(numbers(1_000, 2_000));

  const back = await Reader.on(b, 'topic', {
    after: one.notes[499]?.position,
    first: (position) => ({ topic: 'topic', text: 'first', position }),
  });
  await until(() => back.notes.length === 1_501);
  expect(back.notes).toEqual([
    { topic: 'topic', text: 'first', position: one.notes[499]?.position },
    ...one.notes.slice(500),
  ]);
  await a.publishAll(noted('topic', ['now']));
  await until(() => back.texts.at(-1) === 'now');
});
