import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { staleBlocks } from '@grpc-by-example/testing';
import { CallInfo, CallState, StreamCallResponse } from 'call-proto';
import { IngestClient, IngestService } from 'datahub-proto';
import { startServer } from 'grpc-program/server';
import { expect, test } from 'vitest';
import { show, told } from '../src/primer/show.ts';
import { ingest, send } from '../src/primer/unary.ts';

const page = join(import.meta.dirname, '../primer.md');
const real: Record<string, string> = {};

test('a message is field numbers and values, and its class has a getter and a setter for each field', () => {
  const lines: string[] = [];
  show((line) => lines.push(line));
  expect(lines.slice(1)).toEqual(['Sam: Hi', 'SomeTagName A01,A02 true']);
  real.bytes = lines[0] ?? '';
});

test('of a oneof, the one that was set last is there', () => {
  const response = new StreamCallResponse();
  expect(told(response.serializeBinary())).toBe('neither');
  response.setCallInfo(new CallInfo().setMedia('https://link.to.audio.resources'));
  expect(told(response.serializeBinary())).toBe('audio at https://link.to.audio.resources');
  response.setCallState(new CallState().setState(CallState.State.ACTIVE));
  expect(told(response.serializeBinary())).toBe('state 6');
  expect(response.hasCallInfo()).toBe(false);
});

test('a unary call: one request, one response', async () => {
  const server = await startServer([[IngestService, ingest]]);
  const client = new IngestClient(`localhost:${server.port}`, credentials.createInsecure());
  const lines: string[] = [];
  await send(client, (line) => lines.push(line));
  client.close();
  await server.stop();
  real.accepted = lines.join('\n');
});

test('every block of the page is what the files hold or what was printed', () => {
  expect(staleBlocks(page, real)).toEqual([]);
});
