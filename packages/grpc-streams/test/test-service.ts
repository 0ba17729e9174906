import { setImmediate } from 'node:timers/promises';
import type { ChannelOptions, Server, UntypedServiceImplementation } from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { onTestFinished } from 'vitest';
import type { OpenCalls } from '../src/index.ts';
import { startTestServer, type TestServerOptions } from '../src/testing.ts';
import { connect, definition, type TestClient, type TestHandlers } from './test-client.ts';

export { soon } from '@grpc-by-example/testing';
export * from './test-client.ts';

export interface TestService {
  readonly address: string;
  readonly client: TestClient;
  readonly calls: OpenCalls;
  readonly server: Server;
}

/**
 * Starts a server with the handlers given and a client for it. When the test is finished both are closed, and the test
 * fails if a call is still open on the server.
 */
export async function startService(
  handlers: Partial<TestHandlers>,
  options: TestServerOptions & { channel?: ChannelOptions } = {},
): Promise<TestService> {
  const { channel, ...serverOptions } = options;
  const services = [[definition, handlers as UntypedServiceImplementation]] as const;
  const { server, address, openCalls: calls } = await startTestServer(services, serverOptions);
  const client = connect(address, channel);
  onTestFinished(async () => {
    try {
      await noOpenCalls(calls);
    } finally {
      await setImmediate(); // a client that is closed before its name is resolved tries to connect for ever
      client.close();
      server.forceShutdown();
    }
  });
  return { address, client, calls, server };
}

/** Waits until the server has seen the end of every call: a moment after the clients have. */
export async function noOpenCalls(calls: OpenCalls): Promise<void> {
  await until(() => calls.size === 0);
}
