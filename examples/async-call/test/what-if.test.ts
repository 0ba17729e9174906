import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { openSocketsAndTimers, readmeBlocks, until } from '@grpc-by-example/testing';
import { PhoneClient, PhoneService, StreamCallRequest } from 'call-proto';
import { CallSessions } from 'call-server/src/call-sessions.ts';
import { phone } from 'call-server/src/phone.ts';
import { startServer } from 'grpc-program/server';
import { bidiCall } from 'grpc-streams';
import { expect, onTestFinished, test } from 'vitest';

/** Longer than any test runs. */
const NEVER = 3_600_000;
const request = new StreamCallRequest().setPhoneNumber('94771234567');

/** Our service, whose calls ring for ever. */
async function start() {
  const log: string[] = [];
  const sessions = new CallSessions((line) => log.push(line));
  const service = phone({ sessions, log: (line) => log.push(line), dialMs: 1, ringMs: NEVER });
  const server = await startServer([[PhoneService, service]]);
  const client = new PhoneClient(`localhost:${server.port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceStop();
  });
  return { client, server, log };
}

test('the deadline ends the call on both sides', async () => {
  const { client, server, log } = await start();
  const printed: unknown[] = [];
  const print = (state: unknown) => printed.push(state);

  const ring = async () => {
    // #region deadline
    const call = bidiCall(client.streamCall({ deadline: Date.now() + 1_000 }));
    await call.sendAll([request]);
    for await (const response of call.responses) print(response.getCallState()?.getState());
    // #endregion
  };

  // A second is too short for a machine that is busy enough; then it rings again.
  for (let calls = 0; calls < 20 && printed.length === 0; calls++) {
    await expect(ring()).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  }
  expect(printed).toEqual([1]);
  await until(() => server.openCalls.size === 0);
  expect(log.at(-1)).toBe('Call finished [94771234567]');
  client.close();
  await until(() => openSocketsAndTimers().length === 0);
});

test('a second request ends the call', async () => {
  const readme = readmeBlocks(join(import.meta.dirname, '../README.md'));
  const output = readme.find(({ kind, source }) => kind === 'output' && source === 'two requests')?.text;
  const { client, server } = await start();
  // #region two requests
  const call = bidiCall(client.streamCall());
  await call.sendAll([request, request]);
  const { code, details } = await call.status;
  // #endregion
  expect(`${status[code]}: ${details}\n`).toBe(output);
  await until(() => server.openCalls.size === 0);
});
