import { join } from 'node:path';
import { programCommand, run } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const LINES = ['load', 'accepted', 'refused', 'ended', 'errors', 'messages', 'idle stream', 'before', 'during'];

/** A line of the report, by its name. */
function line(report: string, name: string): string {
  return report.match(new RegExp(`^${name} +(.*)$`, 'm'))?.[1] ?? '';
}

test('a server under load loses nothing, keeps nothing and stops in order', async () => {
  const main = join(import.meta.dirname, '../src/main.ts');
  const { exit, stdout, stderr } = await run(programCommand(main, '--streams', '200', '--seconds', '2'));
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  for (const name of LINES) expect(line(stdout, name)).not.toBe('');
  expect(line(stdout, 'load')).toBe('200 streams of 4 client processes on 4 connections, 2 s');
  const [, accepted, atOnce] = line(stdout, 'accepted').match(/^(\d+) of \d+; the first (\d+) in /) ?? [];
  expect(atOnce).toBe('200');
  expect(Number(accepted)).toBeGreaterThan(200);
  expect(line(stdout, 'ended')).toMatch(/OK \d+/);
  expect(line(stdout, 'ended')).toMatch(/CANCELLED \d+/);
  expect(line(stdout, 'ended')).toMatch(/DEADLINE_EXCEEDED \d+/);
  expect(line(stdout, 'ended')).toMatch(/killed with their client 50$/);
  expect([line(stdout, 'refused'), line(stdout, 'errors')]).toEqual(['0', 'none']);
  expect(line(stdout, 'messages')).toMatch(/^\d[\d,]* sent, 0 lost$/);
  expect(line(stdout, 'afterwards')).toMatch(/open calls 0, sockets 0$/);
  expect(line(stdout, 'on SIGTERM')).toBe('the server exits with 0');
  expect(line(stdout, 'verdict')).toBe('nothing lost, nothing left');
});
