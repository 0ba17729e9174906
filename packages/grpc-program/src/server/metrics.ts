import { once } from 'node:events';
import { createServer } from 'node:http';
import type { OpenCalls } from 'grpc-streams';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { OperatorError } from '../operator-error.ts';
import { droppedLines } from '../print.ts';
import { hostAndPort } from './listen.ts';
import type { EndedCall, MethodCounts } from './watch-calls.ts';

const METHOD = ['grpc_type', 'grpc_service', 'grpc_method'];

/**
 * The metrics of a server. Those of calls and messages are named as in go-grpc-middleware
 * (https://github.com/grpc-ecosystem/go-grpc-middleware), those of the process as prom-client names them.
 */
export class ServerMetrics {
  /** What calls have come to, those that are open too; by the path of the method. */
  readonly counts = new Map<string, MethodCounts>();
  readonly #registry = new Registry();
  readonly #handled = this.#counter('grpc_server_handled_total', 'Calls that have ended.', [...METHOD, 'grpc_code']);
  readonly #refusedCalls = this.#counter('grpc_server_calls_refused_total', 'Calls beyond --max-calls.');
  readonly #resetCalls = this.#counter(
    'grpc_server_calls_reset_total',
    'Calls that were reset: their client did not take their end in time, or they held too many bytes of requests.',
  );
  readonly #refusedConnections = this.#counter(
    'grpc_server_connections_refused_total',
    'Connections beyond --max-connections.',
  );
  readonly #unserved = this.#counter('grpc_server_requests_unserved_total', 'Requests that reach no service.', [
    'reason',
  ]);
  readonly #seconds = new Histogram({
    name: 'grpc_server_handling_seconds',
    help: 'How long calls took.',
    labelNames: METHOD,
    buckets: [0.001, 0.01, 0.1, 1, 10, 60, 600, 3_600],
    registers: [this.#registry],
  });

  constructor() {
    this.#totalOf('started', 'grpc_server_started_total', 'Calls that have begun.');
    this.#totalOf('received', 'grpc_server_msg_received_total', 'Messages received.');
    this.#totalOf('sent', 'grpc_server_msg_sent_total', 'Messages sent.');
    this.#total('log_lines_dropped_total', 'Lines that nobody read, or that could not be written.', ['output'], () =>
      Object.entries(droppedLines()).map(([output, lines]) => [{ output }, lines]),
    );
    // The delay of the event loop, the heap, the CPU and so on.
    collectDefaultMetrics({ register: this.#registry });
  }

  countCall({ method, status, milliseconds }: EndedCall): void {
    const labels = this.#labels(method);
    this.#handled.inc({ ...labels, grpc_code: status });
    this.#seconds.observe(labels, milliseconds / 1_000);
  }

  countResetCall(): void {
    this.#resetCalls.inc();
  }

  countRefusedCall(): void {
    this.#refusedCalls.inc();
  }

  /** Without a label for the path: who scans makes up any number. */
  countUnserved(reason: string): void {
    this.#unserved.inc({ reason });
  }

  countRefusedConnection(): void {
    this.#refusedConnections.inc();
  }

  /** Adds how many calls are open, and how many handlers run on after theirs, at the time of each scrape. */
  watch(openCalls: Pick<OpenCalls, 'size' | 'runningOn'>): void {
    this.#gauge('grpc_server_calls_open', 'Calls that are open.', () => openCalls.size);
    this.#gauge(
      'grpc_server_handlers_running_on',
      'Handlers that are still running although their call has ended.',
      () => openCalls.runningOn,
    );
  }

  /**
   * Serves the metrics by HTTP, at `/metrics`.
   *
   * @param port 0 for any free one
   * @returns where
   * @throws OperatorError when the port is in use, or the host is not of this machine
   */
  async serve(host: string, port: number): Promise<{ address: string; close(): void }> {
    const server = createServer(({ url, method }, response) => {
      if (url?.replace(/\?.*/, '') !== '/metrics') response.writeHead(404).end();
      else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { allow: 'GET, HEAD' }).end();
      else {
        this.#registry.metrics().then(
          (text) => response.setHeader('content-type', this.#registry.contentType).end(text),
          () => response.writeHead(500).end(),
        );
      }
    });
    server.listen(port, host);
    await once(server, 'listening').catch(({ code }: NodeJS.ErrnoException) => {
      const other = code === 'EADDRINUSE' || code === 'EACCES' ? '--metrics-port' : '--metrics-host';
      throw new OperatorError(`cannot serve metrics on ${hostAndPort(host, port)} (${code}); choose another ${other}`);
    });
    const bound = server.address();
    return {
      address: hostAndPort(host, typeof bound === 'object' && bound ? bound.port : port),
      close: () => server.close().closeAllConnections(),
    };
  }

  #labels(method: string): Record<string, string> {
    const [, grpc_service = '', grpc_method = ''] = method.split('/');
    return { grpc_type: this.counts.get(method)?.type ?? '', grpc_service, grpc_method };
  }

  /** A metric of what is counted at the message, where a counter of prom-client would cost more than the message. */
  #totalOf(what: 'started' | 'received' | 'sent', name: string, help: string): void {
    this.#total(name, help, METHOD, () =>
      [...this.counts].map(([method, counts]) => [this.#labels(method), counts[what]]),
    );
  }

  /** A metric that is counted elsewhere, and asked for at each scrape. */
  #total(
    name: string,
    help: string,
    labelNames: string[],
    values: () => [labels: Record<string, string>, value: number][],
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.inc(labels, value);
      },
    });
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }
}
