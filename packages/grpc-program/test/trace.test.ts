import { stripVTControlCharacters } from 'node:util';
import { inTerminal, until } from '@grpc-by-example/testing';
import { readTrace } from 'stream-trace';
import { expect, test } from 'vitest';
import { fixture, start, startEchoServer } from './programs.ts';

/** Without the colours, and with what differs from run to run in one form. */
const plain = (printed: string) =>
  stripVTControlCharacters(printed)
    .replaceAll(/^ *\d+\.\d (?=[\da-f]{8} )/gm, 'MS ')
    .replaceAll(/ [\da-f]{8} /g, ' ID ')
    .replaceAll(/─+/g, '─')
    .split(/\r?\n/);

test.concurrent('on a terminal, a trace shows both directions, each line with its time and the id of its call', async (context) => {
  const { address } = await startEchoServer();
  const client = start(inTerminal(context, fixture('echo-client', '--address', address, 'hello', '--trace')));
  await client.prints(/◀─+ hello/);
  client.type('\x03');
  expect(await client.ended, client.stdout).toBe(0);
  const lines = plain(client.stdout);
  expect(lines[0]).toMatch(/^ +ms call +client +server$/);
  for (const line of ['MS ID open /test.Echo/Talk ─▶', 'MS ID hello ─▶', 'MS ID ◀─ hello', 'MS ID ◀─ status OK']) {
    expect(lines).toContain(line);
  }
});

test.concurrent('in a pipe, both programs tell the same calls by the same ids', async () => {
  const { program, address } = await startEchoServer(['--trace']);
  const client = start(fixture('echo-client', '--address', address, 'hello', '--trace'));
  await client.prints(/hello/);
  client.signal('SIGINT');
  expect(await client.ended).toBe(0);
  const told = (text: string) =>
    readTrace(text).flatMap(({ call, event, number }) => (event === 'message' ? `${call} ${number}` : []));
  expect(told(client.stderr)).toHaveLength(2);
  await until(() => told(program.stderr).length === 2);
  expect(told(program.stderr).sort()).toEqual(told(client.stderr).sort());
});
