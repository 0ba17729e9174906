import assert from 'node:assert/strict';
import test from 'node:test';
import { credentials, Metadata } from '@grpc/grpc-js';
import { requireToken, startServer } from 'grpc-program/server';
import { callsOf } from 'grpc-streams';
import { Echo } from './contract.js';
import { handlers, servedBy } from './echo.js';

test('who speaks is named as the token says, and a stop ends the call', async () => {
  const tokens = requireToken(async (token) => ({ subject: token, claims: {} }));
  const server = await startServer([[Echo.service, handlers]], { interceptors: [tokens, servedBy] });
  const client = new Echo(`localhost:${server.port}`, credentials.createInsecure());
  const call = callsOf(client).talk({ metadata: Metadata.fromHttp2Headers({ authorization: 'Bearer Ann' }) });
  await call.send({ text: 'hello' });
  const responses = call.responses[Symbol.asyncIterator]();
  assert.equal((await responses.next()).value.text, 'Ann said hello');
  assert.equal((await call.headers).get('served-by').length, 1);
  await server.stop();
  await assert.rejects(responses.next(), { details: 'server is shutting down' });
  client.close();
});
