import { join } from 'node:path';
import { Metadata, status } from '@grpc/grpc-js';
import { programCommand, until } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bidiCall, bidiStreaming, serverStreamingCall } from '../src/index.ts';
import { kinds } from './each-kind.ts';
import { MANY, producer } from './producer.ts';
import { answer, ask, soon, startService } from './test-service.ts';
import { all, Deferred, standstill } from './wait.ts';

test.each(['half-close', 'break', 'return', 'throw'])(
  'trap 2: a bidi handler that leaves its loop over the requests by %s still sends its last message and its status (#1839)',
  async (leave) => {
    const { client } = await startService({
      talk: bidiStreaming(async function* (requests) {
        try {
          for await (const { n } of requests) {
            yield answer(n);
            if (leave === 'break') break;
            if (leave === 'return') return;
            if (leave === 'throw') throw new Error('caught by the handler itself');
          }
        } catch {}
        yield answer(-1, 'last');
      }),
    });
    const talk = bidiCall(client.talk(soon()));
    await talk.send(ask(1));
    if (leave === 'half-close') talk.halfClose();
    expect(await all(talk.responses)).toEqual(leave === 'return' ? [answer(1)] : [answer(1), answer(-1, 'last')]);
    expect(await talk.status).toMatchObject({ code: status.OK });
  },
);

test('trap 3: a generator that throws in the middle of a pipeline of generators sends its status at once', async () => {
  async function* doubled(numbers: AsyncIterable<{ n: number }>) {
    for await (const { n } of numbers) {
      if (n < 0) throw { code: status.OUT_OF_RANGE, details: `${n} is negative` };
      yield answer(n * 2);
    }
  }
  const { client } = await startService({ talk: bidiStreaming((requests) => doubled(requests)) });
  const talk = bidiCall(client.talk(soon()));
  await talk.send(ask(1));
  await talk.send(ask(-1)); // and no half-close
  expect(await talk.status).toMatchObject({ code: status.OUT_OF_RANGE, details: '-1 is negative' });
});

describe.each(kinds)('trap 4: a $kind handler that rejects ends its call, not the process (#290):', (kind) => {
  const secret = new Error('password is 1234');
  const fail = () => Promise.reject(secret);

  test('an error that is no status is UNKNOWN without its text, and the listener hears of it', async () => {
    const heard: unknown[] = [];
    const onError = (error: unknown, call: { getPath(): string }) => heard.push(error, call.getPath());
    const { client } = await startService(kind.handlers(fail), { onError });
    const ended = await kind.start(client).status;
    expect(ended).toMatchObject({ code: status.UNKNOWN });
    expect(JSON.stringify(ended)).not.toContain('1234');
    expect(heard).toEqual([secret, expect.stringMatching(/^\/test\.Test\//)]);
  });

  test('without a listener console.error hears of it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const { client } = await startService(kind.handlers(fail));
    expect(await kind.start(client).status).toMatchObject({ code: status.UNKNOWN });
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^\/test\.Test\//), secret]]);
  });

  test('code, details and metadata go to the client as they are, beside the trailer', async () => {
    const metadata = new Metadata();
    metadata.set('field', 'name');
    const heard: unknown[] = [];
    const { client } = await startService(
      kind.handlers(({ trailer }) => {
        trailer.set('count', '7');
        throw { code: status.INVALID_ARGUMENT, details: 'kein Name: ä', metadata };
      }),
      { onError: (error) => heard.push(error) },
    );
    const ended = await kind.start(client).status;
    expect(ended).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'kein Name: ä' });
    expect([ended.metadata.get('field'), ended.metadata.get('count')]).toEqual([['name'], ['7']]);
    expect(heard).toEqual([]);
  });
});

test.each(kinds)('trap 5: the signal of a $kind handler does not fire after a success', async (kind) => {
  const signal = new Deferred<AbortSignal>();
  const cancelled = new Deferred();
  const { client } = await startService(
    kind.handlers((context) => {
      signal.resolve(context.signal);
      context.call.once('cancelled', () => cancelled.resolve());
      return answer(1);
    }),
  );
  expect(await kind.start(client).status).toMatchObject({ code: status.OK });
  await cancelled.promise; // grpc-js says so of every call
  expect((await signal.promise).aborted).toBe(false);
});

test('trap 7: a producer that waits for the transport is left when the client cancels', async () => {
  const { list, counter } = producer();
  const { client } = await startService({ list });
  const call = serverStreamingCall(client.list(ask(1), soon()));
  const held = await standstill(() => counter.produced);
  expect(held).toBeLessThan(MANY / 4);
  call.grpcCall.cancel();
  expect(await counter.left).toMatchObject({ code: status.CANCELLED });
  expect(counter.produced).toBe(held);
});

/** A client in a process of its own. */
const startNeverRead = (...args: string[]) =>
  startProgram(programCommand(join(import.meta.dirname, 'fixtures/never-read.ts'), ...args));

test("trap 7: a producer that waits for the transport is left when the client's process is killed", async () => {
  const { list, counter } = producer();
  const { address } = await startService({ list });
  const client = startNeverRead(address);
  expect(await standstill(() => counter.produced)).toBeLessThan(MANY / 4);
  client.signal('SIGKILL');
  expect(await counter.left).toMatchObject({ code: status.CANCELLED });
  expect(counter.produced).toBeLessThan(MANY);
});

test('trap 7: a producer that waits for the transport is left at the deadline, though the client is frozen', async () => {
  const { list, counter } = producer();
  const { address } = await startService({ list });
  const client = startNeverRead(address, '2000');
  await until(() => counter.produced > 0);
  client.signal('SIGSTOP');
  expect(await counter.left).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  expect(counter.produced).toBeLessThan(MANY);
  client.signal('SIGKILL');
});
