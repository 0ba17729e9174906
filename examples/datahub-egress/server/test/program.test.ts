import { join } from 'node:path';
import { stopLater, until } from '@grpc-by-example/testing';
import { ServerProgram, testServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, test } from 'vitest';
import { cancel, DataHubPeer, ingested, sent } from './datahub-peer.ts';

const program = new ServerProgram('datahub-server', join(import.meta.dirname, '..'));

function connect(port: string): DataHubPeer {
  const peer = new DataHubPeer(port);
  stopLater(() => peer.close());
  return peer;
}

testServerProgram(program, {
  port: 5001,
  client: 'datahub-client',
  call: async (port) => {
    expect(await connect(port).send({ ...sent(), tagValue: ['A01'] })).toMatchObject({ isSuccess: true });
  },
  open: (port) => connect(port).subscribed(),
});

test.concurrent('the services are those of the contract, on one hub', async () => {
  const { port } = await program.startOnFreePort();
  const subscriber = await connect(port).subscribed();
  await connect(port).send({ ...sent(), tagValue: ['A01', 'A02'] });
  await connect(port).ingest([sent({ tagValue: 'A03' })]);
  await until(() => ingested(subscriber).length === 3);
  expect(ingested(subscriber)).toEqual(['A01', 'A02', 'A03']);
  await cancel(subscriber);
});
