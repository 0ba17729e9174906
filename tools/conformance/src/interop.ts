import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isListening } from '@grpc-by-example/testing';
import type { Suites } from './go.ts';
import { Program, runToEnd } from './processes.ts';
import type { Counts } from './suite.ts';

export type Security = 'plain text' | 'TLS';

const folder = join(import.meta.dirname, '..');
const CERTS = join(folder, '../certificates/src/certs/main.ts');

/** Those of Go's client that need no cloud, and no server that compresses. */
const GO_CASES = [
  'empty_unary',
  'large_unary',
  'client_streaming',
  'server_streaming',
  'ping_pong',
  'empty_stream',
  'timeout_on_sleeping_server',
  'cancel_after_begin',
  'cancel_after_first_response',
  'status_code_and_message',
  'special_status_message',
  'custom_metadata',
  'unimplemented_method',
  'unimplemented_service',
  'pick_first_unary',
  'rpc_soak',
  'channel_soak',
] as const;
/** Go's server has no decompressor. */
const NOT_GO_SERVER = ['client_compressed_unary', 'client_compressed_streaming'];
const SOAK = [
  '-soak_iterations',
  '50',
  '-soak_per_iteration_max_acceptable_latency_ms',
  '60000',
  '-soak_overall_timeout_seconds',
  '300',
];

/** Go's interop client against our server. */
export async function goClientToOurs({ interopClient }: Suites, security: Security): Promise<Counts> {
  const certs = await makeCertificates();
  const tls =
    security === 'plain text' ? [] : ['--tls-cert', join(certs, 'server.pem'), '--tls-key', join(certs, 'server.key')];
  const server = new Program(process.execPath, [join(folder, 'dist/interop/server.mjs'), '--port', '0', ...tls]);
  const failures: string[] = [];
  try {
    const [, port = ''] = await server.prints(/listens on localhost:(\d+)/);
    const target = ['-server_host', 'localhost', '-server_port', port];
    const trust =
      security === 'plain text'
        ? []
        : ['-use_tls', '-use_test_ca', '-ca_file', join(certs, 'ca.pem'), '-server_host_override', 'localhost'];
    for (const name of GO_CASES) {
      const soak = name.endsWith('_soak') ? SOAK : [];
      const { exit, output } = await runToEnd(interopClient, [...target, ...trust, ...soak, '-test_case', name]);
      if (exit !== 0) failures.push(`${name}: ${output.trim().split('\n').at(-1)}`);
    }
  } finally {
    await server.stop();
    rmSync(certs, { recursive: true });
  }
  return { passed: GO_CASES.length - failures.length, failed: failures.length, names: failures };
}

/** Our client against Go's interop server. */
export async function ourClientToGo({ interopServer }: Suites, security: Security): Promise<Counts> {
  const certs = await makeCertificates();
  const isPlain = security === 'plain text';
  const port = String(await freePort()); // Go's server does not say which it has found
  const tls = ['-use_tls', '-tls_cert_file', join(certs, 'server.pem'), '-tls_key_file', join(certs, 'server.key')];
  const server = new Program(interopServer, ['-port', port, ...(isPlain ? [] : tls)]);
  try {
    await listens(Number(port));
    const options = ['--address', `localhost:${port}`, '--except', ...NOT_GO_SERVER];
    const program = [join(folder, 'dist/interop/client.mjs'), ...options];
    const { output } = await runToEnd(process.execPath, [
      ...program,
      ...(isPlain ? [] : ['--tls-ca', join(certs, 'ca.pem')]),
    ]);
    const names = [...output.matchAll(/^FAILED (.+)$/gm)].map(([, name = '']) => name);
    const passed = output.match(/^ok /gm)?.length ?? 0;
    if (passed === 0) names.push(output);
    return { passed, failed: names.length, names };
  } finally {
    await server.stop();
    rmSync(certs, { recursive: true });
  }
}

async function makeCertificates(): Promise<string> {
  const certs = mkdtempSync(join(tmpdir(), 'conformance-'));
  const { exit, output } = await runToEnd(process.execPath, ['--import', 'tsx', CERTS, certs]);
  if (exit !== 0) throw new Error(`no certificates:\n${output}`);
  return certs;
}

/** Waits until somebody listens there. */
async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isListening(port)) return;
    await delay(100);
  }
  throw new Error(`nobody listens on port ${port}`);
}
