import { readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { linkedProject, run } from '@grpc-by-example/testing';
import { beforeAll, expect, test } from 'vitest';

const here = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
let project = '';

beforeAll(async () => {
  project = await linkedProject(['grpc-streams'], {
    '@grpc/proto-loader': here,
    'chat-proto': here,
    '@types/node': here,
  });
  await cp(join(here, 'test/consumer'), project, { recursive: true });
});

test('a plain ES module uses the tarball with generated code', async () => {
  const { exit, stdout, stderr } = await run(['node', 'esm.mjs'], { cwd: project });
  expect({ exit, stdout }, stderr).toEqual({ exit: 0, stdout: 'Ann said something\nBob said something\n' });
});

test('a plain CommonJS module uses the tarball with proto-loader', async () => {
  const proto = join(dirname(require.resolve('chat-proto/package.json')), 'chat.proto');
  const { exit, stdout, stderr } = await run(['node', 'commonjs.cjs', proto], { cwd: project });
  expect({ exit, stdout }, stderr).toEqual({ exit: 0, stdout: 'Ann said something\nBob said something\n' });
});

test('the types of the tarball refuse a wrong message', async () => {
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] };
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['typed.ts'] }));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  expect(await run(['node', tsc], { cwd: project })).toEqual({ exit: 0, stdout: '', stderr: '' });
});

test('the README says from which grpc-js on, as both packages do', () => {
  const text = (path: string) => readFileSync(join(here, path), 'utf8');
  const allowed = ['package.json', '../grpc-program/package.json'].map(
    (path) => JSON.parse(text(path)).peerDependencies['@grpc/grpc-js'],
  );
  const [, oldest] = /grpc-js from (\S+) on/.exec(text('README.md')) ?? [];
  expect(allowed).toEqual([`^${oldest}`, `^${oldest}`]);
});
