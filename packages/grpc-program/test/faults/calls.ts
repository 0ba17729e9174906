import { randomUUID } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { deadlineIn, type Program, soon } from '@grpc-by-example/testing';
import { expect } from 'vitest';
import { logLines, startEchoServer } from '../programs.ts';
import { connect, named } from '../start.ts';
import { type Fault, isCall, logged, PATIENT, shown } from './fault.ts';

type Client = ReturnType<typeof connect>;

let starting: ReturnType<typeof startEchoServer> | undefined;

/** A client, and the one server of all these calls, which tells them apart by their ids. */
async function connected(): Promise<{ program: Program; client: Client; id: string }> {
  starting ??= startEchoServer(PATIENT);
  const { program, address } = await starting;
  return { program, client: connect(address, undefined, { 'grpc.max_send_message_length': -1 }), id: randomUUID() };
}

/**
 * A unary call that fails.
 *
 * @param server what the server does, to the call with this id
 */
function failing(
  name: string,
  call: (client: Client, metadata: Metadata) => Promise<unknown>,
  server: (program: Program, id: string, client: Client) => Promise<string> = (program, id) =>
    logged(program, isCall(id)),
): Fault {
  return {
    name,
    fast: 'at once',
    async run() {
      const { program, client, id } = await connected();
      const error = await call(client, named(id)).then(
        () => ({ code: 0, details: '' }),
        (error) => error,
      );
      return { client: shown(error), server: await server(program, id, client) };
    },
  };
}

const logsFailure = (program: Program, id: string) =>
  logged(program, (line) => line.id === id && line.msg === 'the handler failed');

const logsRefusal = (program: Program, id: string) =>
  logged(program, (line) => line.id === id && String(line.msg).startsWith('request refused'));

async function logsNothing(program: Program, id: string, { say }: Client): Promise<string> {
  const later = randomUUID();
  await say('hello', named(later));
  await logged(program, isCall(later));
  expect(logLines(program).filter((line) => line.id === id)).toEqual([]);
  return 'logs nothing';
}

/** A unary call past the generated client. */
const raw = ({ client }: Client, method: string, bytes: Buffer, metadata: Metadata) =>
  new Promise((resolve, reject) => {
    const asIs = (bytes: Buffer) => bytes;
    client.makeUnaryRequest(method, asIs, asIs, bytes, metadata, soon(), (error, words) =>
      error ? reject(error) : resolve(words),
    );
  });

function withLargeHeader(metadata: Metadata): Metadata {
  metadata.set('large', 'x'.repeat(100_000));
  return metadata;
}

const withoutNumbers = ({ run, ...fault }: Fault): Fault => ({
  ...fault,
  async run(now) {
    const { client, server } = await run(now);
    return { client: client.replace(/\d{5,}/, '…'), server };
  },
});

const all: Fault[] = [
  failing('a request is larger than `--max-message-mib`', ({ say }, id) => say('x'.repeat(5_000_000), id)),
  failing('a request cannot be read', (client, id) => raw(client, '/test.Echo/Say', Buffer.from([0xff, 0xff]), id)),
  failing('a header is larger than 64 KiB', ({ say }, id) => say('hello', withLargeHeader(id)), logsNothing),
  failing('there is no such method', (client, id) => raw(client, '/test.Echo/Shout', Buffer.of(), id), logsRefusal),
  failing('the handler throws what is no status', ({ say }, id) => say('fail', id), logsFailure),
  {
    name: 'the deadline passes',
    fast: 'at its deadline',
    async run(now) {
      const { program, client, id } = await connected();
      await client.say('hello');
      now();
      const stream = client.talk(named(id), deadlineIn(500));
      stream.send({ text: 'stay' });
      const { code, details } = await stream.status;
      // Each side has a timer, and the two are due at the same time. The client's words go on: after 0.5s, …
      expect(shown({ code, details })).toMatch(/^DEADLINE_EXCEEDED: Deadline exceeded( after .*)?$/);
      const server = await logged(program, isCall(id));
      return {
        client: 'DEADLINE_EXCEEDED: Deadline exceeded, and “after …” unless the server was first',
        server: server.replace(/DEADLINE_EXCEEDED|CANCELLED/, 'DEADLINE_EXCEEDED or CANCELLED'),
      };
    },
  },
  {
    name: 'the client cancels',
    fast: 'at once',
    async run() {
      const { program, client, id } = await connected();
      const stream = client.talk(named(id));
      stream.send({ text: 'stay' });
      await stream.received(1);
      stream.call.cancel();
      return { client: shown(await stream.status), server: await logged(program, isCall(id)) };
    },
  },
];

/** Calls that go wrong by themselves. */
export const calls = all.map(withoutNumbers);
