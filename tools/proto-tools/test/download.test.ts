import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { stopLater, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { download, MIRROR } from '../src/download.ts';
import { grpcTools } from '../src/generate.ts';

const { version } = JSON.parse(readFileSync(join(dirname(grpcTools), 'package.json'), 'utf8'));
const FILE = `grpc-tools/v${version}/${process.platform}-${process.arch}.tar.gz`;

/** A copy of grpc-tools, which a download may change. */
function copyOfGrpcTools(): string {
  const copy = join(temporaryFolder(), 'node_modules/grpc-tools');
  mkdirSync(join(copy, 'bin'), { recursive: true });
  cpSync(join(dirname(grpcTools), 'package.json'), join(copy, 'package.json'));
  const scope = dirname(dirname(realpathSync(join(dirname(grpcTools), '../@mapbox/node-pre-gyp/package.json'))));
  symlinkSync(scope, join(dirname(copy), '@mapbox'), 'junction');
  return join(copy, 'bin');
}

/** The address of a host that has this file, and notes what it is asked for. */
async function mirrorOf(file: Buffer): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end(file);
  });
  server.listen(0, '127.0.0.1');
  stopLater(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('a download that fails says why in a line, and then what else there is', async () => {
  const bin = copyOfGrpcTools();
  const lines = await download(bin, { ...process.env, [MIRROR]: 'http://127.0.0.1:1/mirror' });
  expect(lines?.[0]).toBe(`Error: cannot download http://127.0.0.1:1/mirror/${FILE}: connect ECONNREFUSED 127.0.0.1:1`);
  expect(lines?.slice(1)).toEqual([
    expect.stringContaining(`- a mirror that has ${FILE}: ${MIRROR}=`),
    expect.stringContaining('- a proxy: http_proxy='),
    expect.stringContaining(`into ${bin}`),
    expect.stringContaining('PROTOC=<file> pnpm generate'),
  ]);
});

test('the variable for a mirror, and what has to be there', async () => {
  const bin = copyOfGrpcTools();
  const made = join(temporaryFolder(), 'bin');
  mkdirSync(made);
  for (const name of ['protoc', 'grpc_node_plugin']) writeFileSync(join(made, name), name);
  execFileSync('tar', ['czf', 'file.tar.gz', 'bin'], { cwd: dirname(made) });
  const mirror = await mirrorOf(readFileSync(join(made, '../file.tar.gz')));
  expect(await download(bin, { ...process.env, [MIRROR]: mirror.address })).toBeUndefined();
  expect(mirror.asked).toEqual([`/${FILE}`]);
  expect(readFileSync(join(bin, 'protoc'), 'utf8')).toBe('protoc');
  expect(existsSync(join(bin, 'grpc_node_plugin'))).toBe(true);
});

test('the variable for a proxy', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  stopLater(() => proxy.close().closeAllConnections());
  await once(proxy, 'listening');
  const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const lines = await download(copyOfGrpcTools(), { ...process.env, http_proxy, [MIRROR]: 'https://example.invalid' });
  expect(asked).toEqual(['example.invalid:443']);
  expect(lines?.[0]).toContain(`Error: cannot download https://example.invalid/${FILE}: `);
});
