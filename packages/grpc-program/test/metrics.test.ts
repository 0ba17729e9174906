import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { status } from '@grpc/grpc-js';
import { soon, stopLater, until } from '@grpc-by-example/testing';
import { bidiStreaming, statusError } from 'grpc-streams';
import { expect, test, vi } from 'vitest';
import { OperatorError } from '../src/operator-error.ts';
import type { MethodCounts } from '../src/server/index.ts';
import { ServerMetrics } from '../src/server/metrics.ts';
import type { Words } from './echo-service.ts';
import { logLines, runProgram, startEchoServer } from './programs.ts';
import { connect, serve } from './start.ts';

/** The samples of a scrape, by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  const samples = (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test.concurrent('metrics count calls, messages and seconds, by method and status', async () => {
  const { program, address } = await startEchoServer(['--metrics-port', '0']);
  const [, url = ''] = await program.prints(/^Metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/m);
  const { say, talk } = connect(address);
  await say('one');
  await say('two');
  await expect(say('fail')).rejects.toMatchObject({ code: status.UNKNOWN });
  const conversation = talk();
  conversation.send({ text: '1' }, { text: '2' }, { text: '3' });
  conversation.call.end();
  await conversation.status;
  await until(() => logLines(program).filter(({ msg }) => msg === 'call ended').length === 4);

  const samples = await scrape(url);
  const type = { Say: 'unary', Talk: 'bidi_stream' };
  const of = (method: keyof typeof type, more = '') =>
    `{grpc_type="${type[method]}",grpc_service="test.Echo",grpc_method="${method}"${more}}`;
  expect(samples.get(`grpc_server_started_total${of('Say')}`)).toBe(3);
  expect(samples.get(`grpc_server_handled_total${of('Say', ',grpc_code="OK"')}`)).toBe(2);
  expect(samples.get(`grpc_server_handled_total${of('Say', ',grpc_code="UNKNOWN"')}`)).toBe(1);
  expect(samples.get(`grpc_server_handled_total${of('Talk', ',grpc_code="OK"')}`)).toBe(1);
  expect(samples.get(`grpc_server_msg_received_total${of('Say')}`)).toBe(3);
  expect(samples.get(`grpc_server_msg_sent_total${of('Say')}`)).toBe(2);
  expect(samples.get(`grpc_server_msg_received_total${of('Talk')}`)).toBe(3);
  expect(samples.get(`grpc_server_msg_sent_total${of('Talk')}`)).toBe(3);
  expect(samples.get(`grpc_server_handling_seconds_count${of('Say')}`)).toBe(3);
  expect(samples.get(`grpc_server_handling_seconds_sum${of('Talk')}`)).toBeGreaterThan(0);
  expect(samples.get('grpc_server_calls_open')).toBe(0);
  expect(samples.get('grpc_server_handlers_running_on')).toBe(0);
  expect(samples.get('log_lines_dropped_total{output="stderr"}')).toBe(0);
  expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(0);

  const open = talk();
  open.send({ text: 'stay' }); // and is not done with it when the client has left
  await open.received(1);
  const meanwhile = await scrape(url);
  expect(meanwhile.get('grpc_server_calls_open')).toBe(1);
  expect(meanwhile.get(`grpc_server_started_total${of('Talk')}`)).toBe(2);
  expect(meanwhile.get(`grpc_server_msg_received_total${of('Talk')}`)).toBe(4);
  expect(meanwhile.get(`grpc_server_msg_sent_total${of('Talk')}`)).toBe(4);
  expect(meanwhile.get(`grpc_server_handled_total${of('Talk', ',grpc_code="OK"')}`)).toBe(1);
  open.call.cancel();
  for (let runningOn = 0; runningOn !== 1; ) {
    const later = await scrape(url);
    runningOn = later.get('grpc_server_handlers_running_on') ?? 0;
    expect((later.get('grpc_server_calls_open') ?? 0) + runningOn).toBe(1);
  }
  program.signal('SIGTERM');
  expect(await program.ended).toBe(0);
});

test.concurrent('metrics count what is refused', async () => {
  const limits = ['--host', '127.0.0.1', '--max-connections', '1', '--max-calls', '1'];
  const { program, address } = await startEchoServer(['--metrics-port', '0', ...limits]);
  const [, url = ''] = await program.prints(/^Metrics: (http:\S+)\n/m);
  const { say, talk } = connect(address);
  const open = talk();
  open.send({ text: 'hello' });
  await open.received(1);
  await expect(say('hello')).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  await expect(connect(address).say('hello')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  await until(() => logLines(program).some(({ level }) => level === 'warn'));
  const samples = await scrape(url);
  expect(samples.get('grpc_server_calls_refused_total')).toBe(1);
  expect(samples.get('grpc_server_connections_refused_total')).toBeGreaterThan(0); // the client tries again
});

test.concurrent('only /metrics is there, and only to be read', async () => {
  const metrics = await new ServerMetrics().serve('127.0.0.1', 0);
  stopLater(() => metrics.close());
  const statusOf = async (path: string, method = 'GET') =>
    (await fetch(`http://${metrics.address}${path}`, { method })).status;
  expect(await Promise.all(['/metrics', '/metrics?a=b', '/', '/metrics/more'].map((path) => statusOf(path)))).toEqual([
    200, 200, 404, 404,
  ]);
  expect(await Promise.all(['HEAD', 'POST', 'DELETE'].map((method) => statusOf('/metrics', method)))).toEqual([
    200, 405, 405,
  ]);
});

test.concurrent('a metrics port in use is told in words', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  stopLater(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const message = `cannot serve metrics on 127.0.0.1:${port} (EADDRINUSE); choose another --metrics-port`;
  await expect(new ServerMetrics().serve('127.0.0.1', port)).rejects.toThrow(new OperatorError(message));
});

test.concurrent('metrics have no name that a caller made up, and are served where --metrics-host says', async () => {
  const { program, address } = await startEchoServer(['--metrics-port', '0', '--metrics-host', '127.0.0.2']);
  const [, url = ''] = await program.prints(/^Metrics: (http:\/\/127\.0\.0\.2:\d+\/metrics)\n/m);
  const { client } = connect(address);
  const asIs = (bytes: Buffer) => bytes;
  for (const path of ['/test.Echo/MadeUp', '/made.Up/Say', '/test.Echo/Say/MadeUp']) {
    const code = await new Promise((resolve) =>
      client.makeUnaryRequest(path, asIs, asIs, Buffer.of(), soon(), (error) => resolve(error?.code)),
    );
    expect(code).toBe(status.UNIMPLEMENTED);
  }
  const samples = await scrape(url);
  expect([...samples.keys()].filter((sample) => /made.?up/i.test(sample))).toEqual([]);
  expect(samples.get('grpc_server_requests_unserved_total{reason="no such method"}')).toBe(3);
});

test.concurrent('metrics count calls that are reset', async () => {
  const onCallReset = vi.fn();
  const counts = new Map<string, MethodCounts>();
  const talk = bidiStreaming<Words, Words>(async function* () {
    yield { text: 'x'.repeat(1_000_000) }; // more than a window, so that the status waits behind it
    await new Promise(() => {});
  });
  const server = await serve({ talk }, { boundCalls: { errorMs: 100 }, onCallReset, counts });
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  stopLater(() => session.destroy());
  const unread = session.request({
    ':method': 'POST',
    ':path': '/test.Echo/Talk',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  unread.on('error', () => {}); // the reset
  await until(() => counts.get('/test.Echo/Talk')?.sent === 1);
  server.openCalls.fail(statusError(status.ABORTED, 'enough'));
  await until(() => onCallReset.mock.calls.length === 1);
});

test.concurrent('a metrics host that is not of this machine is told in words', async () => {
  await expect(new ServerMetrics().serve('192.0.2.1', 0)).rejects.toThrow(
    'cannot serve metrics on 192.0.2.1:0 (EADDRNOTAVAIL); choose another --metrics-host',
  );
});

test.concurrent('a server that cannot listen does not stay for its metrics', async () => {
  const args = ['--host', 'no-such-host.invalid', '--metrics-port', '0'];
  expect(await runProgram('echo-server', args)).toMatchObject({ exit: 1, stdout: '' });
});
