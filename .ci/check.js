// All that CI checks, one after the other; prints how long each took, and in the end how many tests passed, and what failed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
// Where programs have to run too, and many a tool takes the path for something else.
const clone = mkdtempSync(join(tmpdir(), 'a clone (50%20) [#1] '));
const NPX = ['npx', '-y'];
const PNPM = [...NPX, 'pnpm@12'];
const TESTS = 'tools/testing/bin/run-tests.js';

/** Longer than any check takes on a busy machine. */
const HANGS_MS = 40 * 60 * 1_000;

process.env.NO_COLOR = '1';
let passed = 0;
let failed = 0;

/** The commands of a block of the README, which is what users type. */
function commands(block) {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, text = ''] = readme.match(new RegExp(`^<!-- commands: ${block} -->\\n\`\`\`sh\\n([^\`]*)`, 'm')) ?? [];
  const lines = text.trim().split('\n');
  return lines.map((line) => line.split(' '));
}

/** Starts a program, shows what it prints, and gives that, what of it was on stdout, and whether its exit code is 0. */
function start([command, ...args], cwd = root) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  let stdout = '';
  const printed = [];
  const hears = (text) => {
    output += text;
    process.stdout.write(text);
    for (const listener of printed) listener(output);
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    hears(text);
  });
  child.stderr.setEncoding('utf8').on('data', hears);
  const stop = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  const timer = setTimeout(() => stop('SIGKILL'), HANGS_MS);
  const ended = new Promise((resolve) => {
    child.on('error', (error) => hears(`${error.message}\n`));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ good: code === 0, output, stdout });
    });
  });
  /** Resolves with true once it has printed this, with false when it ends before. */
  const prints = (text) =>
    Promise.race([
      new Promise((resolve) => printed.push((output) => output.includes(text) && resolve(true))),
      ended.then(() => false),
    ]);
  return { ended, prints, stop };
}

/** Runs a test that is no file of tests: it counts as one. */
async function test(name, run) {
  await timed(name, async () => {
    const { good } = await run();
    if (good) passed += 1;
    else failed += 1;
    return good;
  });
}

/** Runs what is no test, such as the linter: it counts only when it fails. */
async function check(name, run) {
  await timed(name, async () => {
    const { good } = await run();
    if (!good) failed += 1;
    return good;
  });
}

/** Runs tests: each counts as one, and none at all is a failure. */
async function suite(name, run) {
  await timed(name, async () => {
    const { good, output } = await run();
    const [, tests = '0', broken = '0'] = output.match(/^(\d+) passed, (\d+) failed/m) ?? [];
    passed += Number(tests);
    failed += Number(broken);
    if (tests === '0' || (!good && broken === '0')) failed += 1;
    return good && tests !== '0';
  });
}

/** @param run resolves with whether it was good, or with undefined when it had nothing to run */
async function timed(name, run) {
  console.log(`=== ${name}`);
  const startedAt = performance.now();
  const good = await run();
  const result = good === undefined ? 'skipped, no test was run' : good ? 'good' : 'FAILED';
  console.log(`--- ${name}: ${result}, ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
}

const run = (command) => () => start(command).ended;
const there = (command, ...args) => spawnSync(command, args).status === 0;

async function firstCommand() {
  const cloned = await start(['git', 'clone', '--quiet', root, clone]).ended;
  if (!cloned.good) return cloned;
  const { good, output } = await start(commands('first')[0], clone).ended;
  return { good: good && output.includes('\n| John: Hello\n'), output };
}

/** The commands of two terminals, the second as soon as the server is ready. */
async function twoTerminals() {
  const [server, client] = commands('two-terminals');
  const chatServer = start(server, clone);
  const ready = await chatServer.prints('listens on');
  const { good, output, stdout } = await start(client, clone).ended;
  chatServer.stop('SIGINT');
  // pnpm has an exit code of its own for Ctrl-C.
  const stopped = (await chatServer.ended).output.includes('chat-server is shutting down');
  // On stderr npm may tell of a new version of npm.
  const replies = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('$'));
  return { good: ready && good && stopped && replies.join() === 'Sam: Hi,Ann: Hey,John: Hello', output };
}

/** Peers in other languages. One whose language is not here is skipped, which is no failure. */
async function interop(name, ...peers) {
  await timed(`interop: ${name}`, async () => {
    const { good, output } = await start([...PNPM, '--filter', 'interop', 'start', ...peers]).ended;
    const [, tests = '0', broken = '0', skipped = '0'] =
      output.match(/^(\d+) passed, (\d+) failed, (\d+) skipped$/m) ?? [];
    passed += Number(tests);
    failed += Number(broken);
    const ranNone = tests === '0' && broken === '0';
    if ((ranNone && skipped === '0') || (!good && broken === '0')) failed += 1;
    else if (ranNone) return undefined;
    return good && !ranNone;
  });
}

/** The site, and the tests in a browser, which are in a root of their own. Where no browser can be had, it says so. */
async function inBrowser() {
  await timed('the site, and the page of pnpm play, in a browser', async () => {
    if (!hasBrowser() && there('apt-get', '--version') && process.getuid?.() === 0) {
      await start(['apt-get', 'update']).ended;
      await start(['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium']).ended;
    }
    const installed = await start([...PNPM, '--dir', 'site', 'install', '--frozen-lockfile']).ended;
    const { good, output } = await start([...PNPM, '--dir', 'site', 'test']).ended;
    const count = (what) => Number(output.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
    passed += count('pass');
    failed += count('fail');
    if ((!installed.good || !good) && count('fail') === 0) failed += 1;
    // What needs no browser has run in any case.
    return installed.good && good;
  });
}

const hasBrowser = () =>
  Boolean(process.env.CHROMIUM) ||
  ['chromium', 'chromium-browser', 'google-chrome'].some((name) => existsSync(`/usr/bin/${name}`));

/** Tests on another version of Node: those of files whose paths have one of these words, or all. */
const onNode = (version, ...words) => run([...NPX, '-p', `node@${version}`, '-p', 'pnpm@12', 'node', TESTS, ...words]);

try {
  const [, testCommand] = commands('first');
  await check('install what the lockfile says', run([...PNPM, 'install', '--frozen-lockfile']));
  await test('fresh clone: the first command of the README', firstCommand);
  await test('fresh clone: server and client in two terminals', twoTerminals);
  await suite(
    'the second command of the README, beside 4 busy processes',
    run(['node', 'tools/testing/bin/beside-load.js', '4', ...testCommand]),
  );
  await suite('all tests, the long ones too', run([...PNPM, 'test:all']));
  await inBrowser();
  await check('lint', run([...PNPM, 'lint']));
  await check('typecheck', run([...PNPM, 'typecheck']));
  for (const version of ['22', '24'])
    await suite(`grpc-streams on Node ${version}`, onNode(version, 'packages/grpc-streams/', 'tools/peers/'));
  await suite('all quick tests on Node 26', onNode('26'));
  await interop('grpcurl and Python', 'grpcurl', 'python');
  await interop('Go, Rust and Java', 'go', 'rust', 'java');
  await interop('proxies', 'nginx', 'haproxy', 'envoy');
  await check('suites that others wrote', run([...PNPM, '--filter', 'conformance', 'start']));
  if (there('go', 'version')) {
    await check('the workflow file', run(['go', 'run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7']));
  } else console.log('skipped: the workflow file: Go is not here\n');
} finally {
  rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
