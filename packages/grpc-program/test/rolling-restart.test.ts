import { setTimeout as delay } from 'node:timers/promises';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { freePort, soon, until } from '@grpc-by-example/testing';
import { bidiCall } from 'grpc-streams';
import { expect, test } from 'vitest';
import { connect } from '../src/client/index.ts';
import { EchoClient } from './echo-service.ts';
import { logLines, startEchoServer } from './programs.ts';
import { talker } from './start.ts';

const CLIENTS = 20;

/** A client that has a stream at all times: when the server ends one, it opens another. */
class Subscriber {
  readonly ends: ServiceError[] = [];
  /** How many words came back on the stream that is open. */
  heard = 0;
  readonly #client: EchoClient;
  #over = false;

  constructor(address: string) {
    this.#client = new EchoClient(address, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 500,
    });
  }

  async run(): Promise<void> {
    while (!this.#over) {
      const call = bidiCall(this.#client.talk(soon()));
      this.heard = 0;
      try {
        await call.send({ text: '0' });
        for await (const { text } of call.responses) {
          // Each response answers the word before it: nothing is lost while the stream lives, nothing comes twice.
          expect(text).toBe(`${this.heard++}`);
          if (this.#over) break;
          await call.send({ text: `${this.heard}` });
        }
      } catch (error) {
        this.ends.push(error as ServiceError);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    this.#client.close();
  }

  end(): void {
    this.#over = true;
  }
}

/** On a port to come back to. */
const startFirst = async () => startEchoServer(['--port', `${await freePort()}`]);

test('a server stops, another starts on its port: every client has a stream again', async () => {
  const first = await startFirst();
  const subscribers = Array.from({ length: CLIENTS }, () => new Subscriber(first.address));
  const running = Promise.all(subscribers.map((subscriber) => subscriber.run()));
  await until(() => subscribers.every(({ heard }) => heard > 10));

  first.program.signal('SIGTERM');
  expect(await first.program.ended).toBe(0);
  await until(() => subscribers.every(({ ends }) => ends.length > 0));
  for (const { ends } of subscribers) {
    expect(ends[0]).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  }
  const second = await startEchoServer(['--port', first.address.replace('localhost:', '')]);
  await until(() => subscribers.every(({ heard }) => heard > 10));
  for (const subscriber of subscribers) subscriber.end();
  await running;
  for (const { ends } of subscribers) expect(ends.every(({ code }) => code === status.UNAVAILABLE)).toBe(true);
  second.program.signal('SIGTERM');
  expect(await second.program.ended).toBe(0);
});

test('replicas restart one after the other: no unary call fails, and every open stream is told to come again', async () => {
  const replicas = await Promise.all([startFirst(), startFirst()]);
  const ports = replicas.map(({ address }) => address.replace('localhost:', ''));
  const address = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  const quick = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 };
  const client = talker(connect(EchoClient, { address, balance: true }, quick));
  const streams = Array.from({ length: 8 }, () => client.talk());
  for (const stream of streams) stream.send({ text: 'hello' });
  await Promise.all(streams.map((stream) => stream.received(1)));

  let isOver = false;
  const failures: unknown[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    for (let call = 0; !isOver; call++) {
      await client.say(`${call}`).catch((error: unknown) => failures.push(error));
      await delay(2);
    }
  });
  for (const [index, port] of ports.entries()) {
    replicas[index]?.program.signal('SIGTERM');
    expect(await replicas[index]?.program.ended).toBe(0);
    const { program } = await startEchoServer(['--port', port]);
    await until(() => logLines(program).some(({ method }) => method === '/test.Echo/Say'));
  }
  isOver = true;
  await Promise.all(callers);

  expect(failures).toEqual([]);
  for (const stream of streams) {
    expect(await stream.status).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  }
});
