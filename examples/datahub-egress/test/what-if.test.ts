import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { soon, until } from '@grpc-by-example/testing';
import {
  EgressClient,
  EgressService,
  type IEgressServer,
  RequestGetDataPackage,
  ResponseGetDataPackageStream,
} from 'datahub-proto';
import { startServer } from 'grpc-program/server';
import { STREAMING, serverStreaming, serverStreamingCall, statusError } from 'grpc-streams';
import { expect, onTestFinished, test } from 'vitest';

const PACKAGES = 200;
const request = new RequestGetDataPackage().setTagname('SomeTagName').setTrackingguid(randomUUID());
const dataPackage = (n: number) => new ResponseGetDataPackageStream().setIssuccess(true).setTagvalue(String(n));

/** Starts a server with this handler, and connects a client. */
async function start(handler: IEgressServer['getDataPackagesStream']) {
  const server = await startServer([[EgressService, { getDataPackagesStream: handler }]]);
  const client = new EgressClient(`localhost:${server.port}`, credentials.createInsecure(), STREAMING);
  onTestFinished(async () => {
    client.close();
    await server.stop();
    expect(server.openCalls.size).toBe(0);
  });
  return { client, server };
}

/** A server that sends without an end, and tells why it stopped. */
async function startEndless() {
  const reasons: ServiceError[] = [];
  const started = await start(
    serverStreaming(async function* (_, { signal }) {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      for (let n = 1; ; n++) yield dataPackage(n);
    }),
  );
  return { ...started, reasons };
}

test('leaving the loop cancels, and the server is told', async () => {
  const { client, reasons } = await startEndless();
  // #region cancel
  const call = serverStreamingCall(client.getDataPackagesStream(request));
  for await (const dataPackage of call.responses) {
    if (dataPackage.getTagvalue() === '3') break;
  }
  // #endregion
  expect(await call.status).toMatchObject({ code: status.CANCELLED });
  await until(() => reasons.length > 0);
  expect(reasons).toMatchObject([{ code: status.CANCELLED }]);
});

test('a deadline ends the call on both sides', async () => {
  const { client, server, reasons } = await startEndless();
  const read = async (limitMs: number) => {
    // #region deadline
    const call = serverStreamingCall(client.getDataPackagesStream(request, { deadline: Date.now() + limitMs }));
    for await (const dataPackage of call.responses) expect(dataPackage.getIssuccess()).toBe(true);
    // #endregion
  };
  const isTold = () => reasons.some(({ code }) => code === status.DEADLINE_EXCEEDED);
  // On a busy machine it may pass before the server has the call; or the server, whose clock starts with the call, is
  // late with its own, and takes it for a cancel.
  for (let limitMs = 300; !isTold() && limitMs < 2_000; limitMs *= 2) {
    await expect(read(limitMs)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await until(() => server.openCalls.size === 0);
  }
  expect(isTold()).toBe(true);
});

test('an error status comes after the packages before it', async () => {
  const { client } = await start(
    // #region error status
    serverStreaming(async function* () {
      for (let n = 1; n <= PACKAGES; n++) yield dataPackage(n);
      throw statusError(status.RESOURCE_EXHAUSTED, 'you read too slowly');
    }),
    // #endregion
  );
  const call = serverStreamingCall(client.getDataPackagesStream(request, soon()));
  let received = 0;
  const read = async () => {
    for await (const _ of call.responses) {
      received += 1;
      await delay(1);
    }
  };
  await expect(read()).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(received).toBe(PACKAGES);
});

test('a subscriber of plain grpc-js loses packages before an error status, and none before a last message', async () => {
  const { client } = await start(
    // #region last message
    serverStreaming(async function* () {
      for (let n = 1; n <= PACKAGES; n++) yield dataPackage(n);
      yield new ResponseGetDataPackageStream().setLasterror('you read too slowly');
    }),
    // #endregion
  );
  const received: ResponseGetDataPackageStream[] = [];
  for await (const message of serverStreamingCall(client.getDataPackagesStream(request, soon())).responses) {
    received.push(message);
    await delay(1);
  }
  expect(received).toHaveLength(PACKAGES + 1);
  expect(received.at(-1)?.getLasterror()).toBe('you read too slowly');
});
