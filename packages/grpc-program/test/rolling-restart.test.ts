import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { bidiCall } from 'grpc-streams';
import { Program, soon, until } from 'testing';
import { expect, onTestFinished, test } from 'vitest';
import { EchoClient } from './echo-service.ts';

const CLIENTS = 20;

async function startServer(port: string): Promise<{ program: Program; port: string }> {
  const command = ['node', '--import', 'tsx', 'test/fixtures/echo-server.ts', '--port', port];
  const program = new Program(command);
  onTestFinished(() => program[Symbol.asyncDispose]());
  const [, boundPort = ''] = await program.prints(/ listens on localhost:(\d+)\./);
  return { program, port: boundPort };
}

/** A client that has a stream at all times: when the server ends one, it opens another. */
class Subscriber {
  readonly ends: ServiceError[] = [];
  /** How many words came back on the stream that is open. */
  heard = 0;
  readonly #client: EchoClient;
  #over = false;

  constructor(port: string) {
    this.#client = new EchoClient(`localhost:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 500,
    });
  }

  async run(): Promise<void> {
    while (!this.#over) {
      const call = bidiCall(this.#client.talk(soon(20_000)));
      this.heard = 0;
      try {
        await call.send({ text: '0' });
        for await (const { text } of call.replies) {
          // Each reply answers the word before it: nothing is lost while the stream lives, nothing comes twice.
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
  const first = await startServer('0');
  const subscribers = Array.from({ length: CLIENTS }, () => new Subscriber(first.port));
  const running = Promise.all(subscribers.map((subscriber) => subscriber.run()));
  await until(() => subscribers.every(({ heard }) => heard > 10), 10_000);

  first.program.signal('SIGTERM');
  expect(await first.program.ended).toBe(0);
  await until(() => subscribers.every(({ ends }) => ends.length > 0));
  for (const { ends } of subscribers) {
    expect(ends[0]).toMatchObject({ code: status.UNAVAILABLE, details: 'server is shutting down' });
  }
  const second = await startServer(first.port);
  await until(() => subscribers.every(({ heard }) => heard > 10), 10_000);
  for (const subscriber of subscribers) subscriber.end();
  await running;
  for (const { ends } of subscribers) expect(ends.every(({ code }) => code === status.UNAVAILABLE)).toBe(true);
  second.program.signal('SIGTERM');
  expect(await second.program.ended).toBe(0);
});
