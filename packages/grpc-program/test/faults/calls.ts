import { Metadata } from '@grpc/grpc-js';
import { until } from 'testing';
import type { Words } from '../echo-service.ts';
import { startEchoServer } from '../programs.ts';
import { connect } from '../start.ts';
import { type Fault, logged, QUICK, shown } from './fault.ts';

type Client = ReturnType<typeof connect>;

/** A unary call that fails. */
function failing(name: string, call: (client: Client) => Promise<unknown>, inLog = 'call ended'): Fault {
  return {
    name,
    fast: 'at once',
    async run(now) {
      const { program, address } = await startEchoServer(QUICK);
      const client = connect(address, undefined, { 'grpc.max_send_message_length': -1 });
      await client.say('hello');
      await until(() => program.stderr.includes('"OK"'));
      program.stderr = '';
      now();
      const error = await call(client).then(
        () => ({ code: 0, details: '' }),
        (error) => error,
      );
      return { client: shown(error), server: inLog ? await logged(program, inLog) : 'logs nothing' };
    },
  };
}

/** A unary call past the generated client. */
const raw = ({ client }: Client, method: string, bytes: Buffer) =>
  new Promise((resolve, reject) => {
    const asIs = (bytes: Buffer) => bytes;
    const deadline = { deadline: Date.now() + 4_000 };
    client.makeUnaryRequest(method, asIs, asIs, bytes, deadline, (error, words) =>
      error ? reject(error) : resolve(words),
    );
  });

function largeHeader(): Metadata {
  const metadata = new Metadata();
  metadata.set('large', 'x'.repeat(100_000));
  return metadata;
}

const withoutNumbers = ({ run, ...fault }: Fault): Fault => ({
  ...fault,
  async run(now) {
    const { client, server } = await run(now);
    return { client: client.replace(/ after .*/, ' …').replace(/\d{5,}/, '…'), server };
  },
});

const all: Fault[] = [
  failing('a request is larger than `--max-message-mib`', ({ say }) => say('x'.repeat(5_000_000))),
  failing('a request cannot be read', (client) => raw(client, '/test.Echo/Say', Buffer.from([0xff, 0xff]))),
  failing('a header is larger than 64 KiB', ({ say }) => say('hello', largeHeader()), ''),
  failing('there is no such method', (client) => raw(client, '/test.Echo/Shout', Buffer.of()), ''),
  failing('the handler throws what is no status', ({ say }) => say('fail'), 'the handler failed'),
  {
    name: 'the deadline passes',
    fast: 'at its deadline',
    async run(now) {
      const { program, address } = await startEchoServer();
      const { say, talk } = connect(address);
      await say('hello');
      await until(() => program.stderr.includes('"OK"'));
      program.stderr = '';
      now();
      const stream = talk(undefined, { deadline: Date.now() + 500 });
      stream.send({ text: 'stay' } satisfies Words);
      const client = shown(await stream.status);
      // The client's reset and the server's own timer come at the same time.
      const server = (await logged(program)).replace(/DEADLINE_EXCEEDED|CANCELLED/, 'DEADLINE_EXCEEDED or CANCELLED');
      return { client, server };
    },
  },
  {
    name: 'the client cancels',
    fast: 'at once',
    async run(now) {
      const { program, address } = await startEchoServer();
      const stream = connect(address).talk();
      stream.send({ text: 'stay' });
      await stream.received(1);
      now();
      stream.call.cancel();
      return { client: shown(await stream.status), server: await logged(program) };
    },
  },
];

/** Calls that go wrong by themselves. */
export const calls = all.map(withoutNumbers);
