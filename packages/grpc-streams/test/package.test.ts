import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run, temporaryFolder } from '@grpc-by-example/testing';
import { beforeAll, expect, test } from 'vitest';

const here = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const project = temporaryFolder();

/** A project that has the tarball and its peers in node_modules, and nothing of this repository. */
beforeAll(async () => {
  const packed = join(project, 'packed');
  const pack = await run(['pnpm', 'pack', '--pack-destination', packed], { cwd: here });
  expect(pack, pack.stderr).toMatchObject({ exit: 0 });
  const [tarball = ''] = await readdir(packed);
  const installed = join(project, 'node_modules/grpc-streams');
  await mkdir(installed, { recursive: true });
  await run(['tar', 'xzf', join(packed, tarball), '--strip-components=1', '-C', installed]);
  await mkdir(join(project, 'node_modules/@grpc'));
  for (const name of ['@grpc/grpc-js', '@grpc/proto-loader', 'chat-proto']) {
    await symlink(dirname(require.resolve(`${name}/package.json`)), join(project, 'node_modules', name));
  }
  await mkdir(join(project, 'node_modules/@types'));
  await symlink(dirname(require.resolve('@types/node/package.json')), join(project, 'node_modules/@types/node'));
  await cp(join(here, 'test/consumer'), project, { recursive: true });
});

test('a plain ES module uses the tarball with generated code', async () => {
  const { exit, stdout, stderr } = await run(['node', 'esm.mjs'], { cwd: project });
  expect({ exit, stdout }, stderr).toEqual({ exit: 0, stdout: 'Ann said something\nBob said something\n' });
});

test('a plain CommonJS module uses the tarball with proto-loader', async () => {
  const proto = join(dirname(require.resolve('chat-proto')), 'chat.proto');
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
