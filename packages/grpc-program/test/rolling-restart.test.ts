import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { soon, until } from '@grpc-by-example/testing';
import { bidiCall } from 'grpc-streams';
import { expect, test } from 'vitest';
import { EchoClient } from './echo-service.ts';
import { startEchoServer } from './programs.ts';

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

test('a server stops, another starts on its port: every client has a stream again', async () => {
  const first = await startEchoServer();
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
