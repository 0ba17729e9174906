import { once } from 'node:events';
import { createServer } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';
import { OperatorError } from '../operator-error.ts';
import type { EndedCall } from './watch-calls.ts';

/** Counters and latency of the calls of a server, under the names that the Prometheus middleware of other languages has. */
export class CallMetrics {
  readonly #registry = new Registry();
  readonly #handled = this.#counter('grpc_server_handled_total', 'Calls that have ended.', ['grpc_code']);
  readonly #received = this.#counter('grpc_server_msg_received_total', 'Messages received.');
  readonly #sent = this.#counter('grpc_server_msg_sent_total', 'Messages sent.');
  readonly #seconds = new Histogram({
    name: 'grpc_server_handling_seconds',
    help: 'How long calls took.',
    labelNames: ['grpc_service', 'grpc_method'],
    buckets: [0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600],
    registers: [this.#registry],
  });

  count({ method, status, received, sent, milliseconds }: EndedCall): void {
    const [, grpc_service = '', grpc_method = ''] = method.split('/');
    const labels = { grpc_service, grpc_method };
    this.#handled.inc({ ...labels, grpc_code: status });
    this.#received.inc(labels, received);
    this.#sent.inc(labels, sent);
    this.#seconds.observe(labels, milliseconds / 1_000);
  }

  /**
   * Serves the metrics by HTTP on loopback, at `/metrics`.
   *
   * @param port 0 for any free one
   * @throws OperatorError when the port is in use
   */
  async serve(port: number): Promise<{ port: number; close(): void }> {
    const server = createServer(async (_, response) => {
      response.setHeader('content-type', this.#registry.contentType).end(await this.#registry.metrics());
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new OperatorError(
        `cannot serve metrics on 127.0.0.1:${port} (${error.code}); choose another --metrics-port`,
      );
    });
    const address = server.address();
    return {
      port: typeof address === 'object' && address ? address.port : port,
      close: () => server.close().closeAllConnections(),
    };
  }

  #counter(name: string, help: string, labels: string[] = []): Counter {
    return new Counter({
      name,
      help,
      labelNames: ['grpc_service', 'grpc_method', ...labels],
      registers: [this.#registry],
    });
  }
}
