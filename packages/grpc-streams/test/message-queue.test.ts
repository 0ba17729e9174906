import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { MessageQueue } from '../src/index.ts';
import { all, failureOf } from './wait.ts';

function queueOf(...messages: number[]): MessageQueue<number> {
  const queue = new MessageQueue<number>(10);
  for (const message of messages) queue.offer(message);
  return queue;
}

test('the reader gets what waits and what comes later, in order, then the end', async () => {
  const queue = queueOf(1, 2);
  const read = all(queue);
  await Promise.resolve();
  for (const message of [3, 4]) expect(queue.offer(message)).toBe(true);
  queue.end();
  expect(await read).toEqual([1, 2, 3, 4]);
});

test('a message goes straight to a reader that waits, whatever the capacity', async () => {
  const queue = new MessageQueue<number>(0);
  expect(queue.offer(1)).toBe(false);
  const next = queue.next();
  expect(queue.offer(2)).toBe(true);
  expect(queue.offer(3)).toBe(false);
  expect(await next).toEqual({ value: 2, done: false });
});

test('a full queue refuses a message and takes one again when the reader has taken one', async () => {
  const queue = new MessageQueue<number>(2);
  expect([1, 2, 3].map((message) => queue.offer(message))).toEqual([true, true, false]);
  expect(queue.size).toBe(2);
  await queue.next();
  expect(queue.offer(4)).toBe(true);
  queue.end();
  expect(await all(queue)).toEqual([2, 4]);
});

test('an error comes after the messages that wait, once', async () => {
  const error = new Error('broken');
  const queue = queueOf(1, 2);
  queue.end(error);
  expect(queue.offer(3)).toBe(false);
  expect([await queue.next(), await queue.next()].map(({ value }) => value)).toEqual([1, 2]);
  expect(await failureOf(queue.next())).toBe(error);
  expect(await queue.next()).toEqual({ value: undefined, done: true });
});

test('a reader that waits gets the end, or the error, at once', async () => {
  const [ended, broken] = [queueOf(), queueOf()];
  const nexts = [ended.next(), failureOf(broken.next())];
  ended.end();
  broken.end('broken');
  expect(await Promise.all(nexts)).toEqual([{ value: undefined, done: true }, 'broken']);
});

test('the first end counts', async () => {
  const queue = queueOf(1);
  queue.end();
  queue.end(new Error('too late'));
  expect(await all(queue)).toEqual([1]);
});

test('a failure drops what waits and comes instead of an end that is not read yet', async () => {
  const [open, ended] = [queueOf(1, 2), queueOf(1, 2)];
  ended.end();
  for (const queue of [open, ended]) {
    queue.fail('cut');
    expect(queue.size).toBe(0);
    expect(await failureOf(queue.next())).toBe('cut');
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  }
});

test('clear drops what waits and leaves the queue open', async () => {
  const queue = queueOf(1, 2);
  queue.clear();
  expect(queue.size).toBe(0);
  queue.offer(3);
  queue.end();
  expect(await all(queue)).toEqual([3]);
});

test('onEmpty is called when the last waiting message is taken, and not for one that did not wait', async () => {
  const onEmpty = vi.fn();
  const queue = new MessageQueue<number>(10, { onEmpty });
  queue.offer(1);
  queue.offer(2);
  await queue.next();
  expect(onEmpty).toHaveBeenCalledTimes(0);
  await queue.next();
  expect(onEmpty).toHaveBeenCalledTimes(1);
  const next = queue.next();
  queue.offer(3);
  await next;
  expect(onEmpty).toHaveBeenCalledTimes(1);
});

test.each(['break', 'throw'])(
  'onReturn is called when the reader leaves its loop by %s, and it is over',
  async (by) => {
    const onReturn = vi.fn();
    const queue = new MessageQueue<number>(10, { onReturn });
    for (const message of [1, 2, 3]) queue.offer(message);
    try {
      for await (const _ of queue) {
        if (by === 'break') break;
        throw new Error('left');
      }
    } catch {}
    expect(onReturn).toHaveBeenCalledTimes(1);
    expect(queue.size).toBe(0);
    expect(queue.offer(4)).toBe(false);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  },
);

test('onReturn is not called when the queue has ended before, and its error is not thrown any more', async () => {
  const onReturn = vi.fn();
  const queue = new MessageQueue<number>(10, { onReturn });
  queue.offer(1);
  queue.end(new Error('not read'));
  for await (const _ of queue) break;
  expect(onReturn).toHaveBeenCalledTimes(0);
  expect(await queue.next()).toEqual({ value: undefined, done: true });
});

test('return lets a reader go that waits', async () => {
  const queue = queueOf();
  const next = queue.next();
  await queue.return();
  expect(await next).toEqual({ value: undefined, done: true });
});

test('a second reader at the same time is refused, and the first keeps its message', async () => {
  const queue = queueOf();
  const first = queue.next();
  await expect(queue.next()).rejects.toThrow('one reader');
  queue.offer(1);
  expect(await first).toEqual({ value: 1, done: false });
});

test('its signal ends the queue: the reader gets what waits, then the reason', async () => {
  const controller = new AbortController();
  const queue = new MessageQueue<number>(10, controller);
  queue.offer(1);
  queue.offer(2);
  controller.abort('stop');
  expect(queue.offer(3)).toBe(false);
  expect([await queue.next(), await queue.next()].map(({ value }) => value)).toEqual([1, 2]);
  expect(await failureOf(queue.next())).toBe('stop');
});

test('a reader that waits gets the reason of the signal at once, and of one that has fired before', async () => {
  const controller = new AbortController();
  const next = failureOf(new MessageQueue<number>(10, controller).next());
  controller.abort('stop');
  expect(await next).toBe('stop');
  expect(await failureOf(new MessageQueue<number>(10, controller).next())).toBe('stop');
});

test('many queues share a signal, and one that has ended leaves it alone', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  const { signal } = new AbortController();
  const queues = Array.from({ length: 15 }, () => new MessageQueue<number>(1, { signal }));
  expect(getEventListeners(signal, 'abort')).toHaveLength(15);
  for (const queue of queues) await queue.return();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  await setImmediate();
  process.off('warning', warned);
  expect(warned).toHaveBeenCalledTimes(0);
});

test('the bytes of the messages that wait are counted, in the way that the owner counts them', async () => {
  const queue = new MessageQueue<string>(10, { bytesOf: ({ length }) => length });
  const next = queue.next();
  queue.offer('went straight to the reader');
  await next;
  expect(queue.bytes).toBe(0);
  for (const message of ['one', 'three']) queue.offer(message);
  expect(queue.bytes).toBe(8);
  await queue.next();
  expect(queue.bytes).toBe(5);
  queue.clear();
  expect(queue.bytes).toBe(0);
});
