import {
  type ChannelOptions,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { until } from '@grpc-by-example/testing';
import { expect, onTestFinished } from 'vitest';
import { type BoundCallsOptions, boundCalls, OpenCalls, type OpenCallsOptions } from '../src/index.ts';
import { connect, definition, type TestClient, type TestHandlers } from './test-client.ts';

export { soon } from '@grpc-by-example/testing';
export * from './test-client.ts';

const warnings: Error[] = [];
process.on('warning', (warning) => {
  if (warning.name === 'MaxListenersExceededWarning') warnings.push(warning);
});

export interface TestService {
  readonly address: string;
  readonly client: TestClient;
  readonly calls: OpenCalls;
  readonly server: Server;
}

/**
 * Starts a server with the handlers given and a client for it. When the test is finished both are closed, and the test
 * fails if a call is still open on the server or an emitter had too many listeners.
 */
export async function startService(
  handlers: Partial<TestHandlers>,
  options: OpenCallsOptions & {
    channel?: ChannelOptions;
    bounds?: BoundCallsOptions;
    interceptors?: ServerInterceptor[];
  } = {},
): Promise<TestService> {
  const calls = new OpenCalls(options);
  const server = new Server({ interceptors: [boundCalls(options.bounds), ...(options.interceptors ?? [])] });
  server.addService(definition, calls.track(handlers as UntypedServiceImplementation));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const address = `127.0.0.1:${port}`;
  const client = connect(address, options.channel);
  onTestFinished(async () => {
    try {
      await noOpenCalls(calls);
      expect(warnings.splice(0)).toEqual([]);
    } finally {
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
