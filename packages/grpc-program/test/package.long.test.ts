import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchFailure, linkedProject, npmProject, run, skip, tarball } from '@grpc-by-example/testing';
import { expect, type TestContext, test } from 'vitest';
import { runExample } from './run-example.ts';

const here = join(import.meta.dirname, '..');
const root = join(here, '../..');
const example = join(import.meta.dirname, 'example');
const BOTH = ['grpc-streams', 'grpc-program'];

/** Puts the service of the README into a project that has the packages, runs its test, and then the service. */
async function runIn(project: string, node = process.execPath) {
  for (const file of readdirSync(example)) copyFileSync(join(example, file), join(project, file));
  const { exit, stdout, stderr } = await run([node, '--test'], { cwd: project });
  expect(exit, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^(# |ℹ )pass 1$/m);
  return runExample((program, ...args) => [node, join(project, `${program}.js`), ...args], project);
}

const AS_THE_PAGE_SAYS = {
  client: 'Ann said one\nAnn said two\n',
  server: expect.stringMatching(/^echo-server listens on .*\nMetrics: .*\necho-server is shutting down\n$/),
};

test('the service of the README runs with what `pnpm pack` ships', async () => {
  const project = await linkedProject(BOTH, { '@grpc/proto-loader': here });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  expect(await runIn(project)).toMatchObject(AS_THE_PAGE_SAYS);
});

test('a debugger finds the source of every module', async () => {
  const project = await linkedProject(BOTH);
  const lost: string[] = [];
  for (const name of BOTH) {
    const dist = join(project, 'node_modules', name, 'dist');
    const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    expect(modules.length).toBeGreaterThan(10);
    for (const module of modules) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(dist, `${module}.map`), 'utf8'));
      const path = join(dist, module, '..', sources[0]);
      if (!sourcesContent && !existsSync(path)) lost.push(path);
    }
  }
  expect(lost).toEqual([]);
});

/** Runs a program that fetches what it is, which the test is skipped without. */
async function runFetched(context: TestContext, command: readonly string[], cwd = root): Promise<string> {
  const { exit, stdout, stderr } = await run(command, { cwd });
  const failure = exit === 0 ? undefined : fetchFailure(stderr);
  if (failure !== undefined) skip(context, failure);
  expect(exit, stdout + stderr).toBe(0);
  return stdout;
}

const oldestGrpcJs = (manifest: string) =>
  JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies['@grpc/grpc-js'].replace(/^\^/, '');

test.for([
  { node: '20.19.0', grpcJs: 'the oldest' },
  { node: '26', grpcJs: 'the newest' },
])(
  'npm installs the tarballs in an empty folder, on Node $node with $grpcJs grpc-js that is allowed',
  async ({ node, grpcJs }, context) => {
    const printPath = ['npx', '-y', '-p', `node@${node}`, 'node', '-p', 'process.execPath'];
    const executable = (await runFetched(context, printPath)).trim();
    const project = await npmProject(context, BOTH, ['@grpc/proto-loader', 'typescript@5', '@types/node@20']);
    const packed = join(project, 'node_modules/grpc-streams/package.json');
    const version = grpcJs === 'the oldest' ? oldestGrpcJs(packed) : 'latest';
    await runFetched(context, ['npm', 'install', '--no-audit', '--no-fund', `@grpc/grpc-js@${version}`], project);
    expect(await run(['npm', 'pkg', 'set', 'type=module'], { cwd: project })).toMatchObject({ exit: 0 });
    expect(await run(['npm', 'ls', '@grpc/grpc-js'], { cwd: project })).toMatchObject({ exit: 0 });

    // In JavaScript.
    expect(await runIn(project, executable)).toMatchObject(AS_THE_PAGE_SAYS);

    // In TypeScript: compiled as most do it, and with the types of the packages looked at too.
    copyFileSync(join(import.meta.dirname, 'typed/typed.ts'), join(project, 'typed.ts'));
    const bin = (name: string) => join(project, 'node_modules/.bin', name);
    const types = ['--grpcLib=@grpc/grpc-js', '--defaults', '--importFileExtension=.js', '--outDir=gen', 'echo.proto'];
    expect(await run([bin('proto-loader-gen-types'), ...types], { cwd: project })).toMatchObject({ exit: 0 });
    const options = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--exactOptionalPropertyTypes'];
    const tsc = await run([bin('tsc'), ...options, '--types', 'node', 'typed.ts'], { cwd: project });
    expect(tsc.exit, tsc.stdout).toBe(0);
    const compiled = await run([executable, 'typed.js'], { cwd: project });
    expect(compiled).toEqual({ exit: 0, stdout: 'Ann said hello\n', stderr: '' });
  },
);

test('a release, but for publishing it: the tarballs pass publint and attw', async (context) => {
  await Promise.all(BOTH.map(tarball)); // so that nobody else builds them at the same time
  const printed = await runFetched(context, ['node', '.ci/release.js', '0.1.0', '--dry-run']);
  expect(printed).toMatch(/^grpc-streams-\S+\.tgz: publint and attw find nothing$/m);
  expect(printed).toMatch(/^grpc-program-\S+\.tgz: publint and attw find nothing$/m);
  expect(printed).toMatch(/\nNothing was published: 0\.1\.0 would be\.\n$/);
});

test.each([
  [[], 'Error: give the version'],
  [['0.0.9', '--dry-run'], 'Error: grpc-streams is 0.1.0 already'],
])('a release %s is refused', async (args, told) => {
  const { exit, stderr } = await run(['node', '.ci/release.js', ...args], { cwd: root });
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining(told) });
});
