import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fetchFailure } from '../src/fetch-failure.ts';
import { run } from '../src/program.ts';
import { skip } from '../src/skip.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const NOWHERE = 'http://127.0.0.1:1';

test.concurrent('go, where no proxy for modules can be reached', async (context) => {
  if (spawnSync('go', ['version']).status !== 0) skip(context, 'Go is not here');
  const env = { GOPROXY: NOWHERE, GOPATH: temporaryFolder(), GOFLAGS: '-mod=mod', GONOSUMDB: '*' };
  const { exit, stderr } = await run(['go', 'install', 'example.com/nothing@v1.0.0'], { cwd: temporaryFolder(), env });
  expect(exit).toBe(1);
  expect(fetchFailure(stderr)).toContain('connection refused');
});

test.concurrent.each([
  '  failed to download from `https://index.crates.io/config.json`',
  'ERROR: No matching distribution found for grpcio==1.85.1',
  '[ERROR] Could not transfer artifact io.grpc:grpc-netty:jar:1.85.0 from/to central',
  'npm error code ECONNREFUSED',
  'npm error code E429',
  'npm error code E503',
  'go: a@v1.0.0: reading http://proxy.example/a/@v/v1.0.0.info: 503 Service Unavailable',
  'go: a@v1.0.0: Get "http://proxy.example/a/@v/v1.0.0.info": read tcp 127.0.0.1:2->127.0.0.1:1: read: connection reset',
  'go: a@v1.0.0: read "http://proxy.example/a/@v/v1.0.0.info": unexpected EOF',
  'E: Failed to fetch http://mirror.example/nginx.deb  Could not connect to mirror.example:80',
])('%s', (line) => {
  expect(fetchFailure(`first this\n${line}\nthen that`)).toBe(line.trim());
});

test.each([
  './main.go:7:2: undefined: nothing\nexit status 1',
  './main.go:7:2: syntax error: unexpected EOF, expecting }',
  'go: a@v1.0.0: reading http://proxy.example/a/@v/v1.0.0.info: 404 Not Found',
  'npm error code E404',
])('what does not compile, or is nowhere, is no such failure: %j', (printed) => {
  expect(fetchFailure(printed)).toBeUndefined();
});
