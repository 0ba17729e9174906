import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingBinaries } from '@grpc-by-example/proto-tools/generate';
import { Program, readmeBlocks, run, skip, staleBlocks, temporaryFolder } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The repository as it is on this disk, installed. */
async function copyRepository(copy: string): Promise<void> {
  const { stdout } = await run(
    ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'],
    {
      cwd: root,
    },
  );
  const deleted = await run(['git', 'ls-files', '--deleted', '-z'], { cwd: root });
  const gone = new Set(deleted.stdout.split('\0'));
  for (const file of stdout.split('\0')) {
    if (file && !gone.has(file)) cpSync(join(root, file), join(copy, file));
  }
}

/** Where the page puts the files that it shows. */
const PLACES = {
  'price_feed.proto': 'proto/price_feed.proto',
  'price-feed.ts': 'server/src/price-feed.ts',
  'watch.test.ts': 'server/test/watch.test.ts',
  'watch-prices.ts': 'client/src/watch-prices.ts',
  'client.ts': 'client/src/main.ts',
};

test('pnpm new makes an example that passes its tests, and grows as the page about your own service says', async (context) => {
  const copy = join(temporaryFolder(), 'repository');
  const example = join(copy, 'examples/price-feed');
  const pnpm = (...args: string[]) => run(['pnpm', '--silent', ...args], { cwd: copy, env: { CI: '' } });
  async function succeeds(...args: string[]): Promise<string> {
    const { exit, stdout, stderr } = await pnpm(...args);
    expect(exit, stdout + stderr).toBe(0);
    return stdout;
  }
  const ofExample = ['--filter', '{examples/price-feed/**}', '--filter', 'price-feed'];

  await copyRepository(copy);
  await succeeds('install', '--prefer-offline');
  expect(await succeeds('new', 'price-feed')).toContain('pnpm --filter price-feed-server start');
  await succeeds('install', '--prefer-offline', '--no-frozen-lockfile');
  for (const script of ['typecheck', 'test']) await succeeds(...ofExample, script);
  await succeeds('exec', 'biome', 'check', 'examples/price-feed');

  const files = join(copy, 'docs/test/fixtures/price-feed-grown');
  const grow = (name: keyof typeof PLACES) => cpSync(join(files, name), join(example, PLACES[name]));
  grow('price_feed.proto');
  const tested = await pnpm('--filter', 'price-feed-proto', 'test');
  expect(tested.exit).toBe(1);
  const stale = / *(\S+ has changed since its code was generated: run pnpm generate)/;
  expect(stale.exec(tested.stdout)?.[1]).toContain('price_feed.proto');
  const started = await pnpm('--filter', 'price-feed-client', 'start', '--address', '127.0.0.1:1');
  const told = started.stderr.split('\n').find((line) => stale.test(line)) ?? '';

  const gen = join(example, 'proto/gen');
  if (missingBinaries().length > 0) cpSync(join(files, 'gen'), gen, { recursive: true });
  else await succeeds('--filter', 'price-feed-proto', 'generate');
  for (const name of readdirSync(gen)) {
    const committed = readFileSync(join(files, 'gen', name));
    expect(readFileSync(join(gen, name)).equals(committed), name).toBe(true);
  }
  const lacking = await pnpm('--filter', 'price-feed-server', 'typecheck');
  expect(lacking.stdout).toContain("Property 'watch' is missing");

  for (const name of Object.keys(PLACES)) grow(name as keyof typeof PLACES);
  await succeeds('docs:sync', 'price-feed');
  await succeeds(...ofExample, 'typecheck');
  await succeeds('test', 'price-feed');
  await succeeds('exec', 'biome', 'check', 'examples/price-feed');
  await using server = new Program(['pnpm', '--silent', '--filter', 'price-feed-server', 'start', '--port', '0'], {
    cwd: copy,
  });
  const [, address = ''] = await server.prints(/ listens on (\S+)\. /);
  const watched = await succeeds('--filter', 'price-feed-client', 'start', '--address', address, 'tea');

  const page = join(root, 'docs/your-own-service.md');
  const elsewhere = readmeBlocks(page).filter(({ kind, source }) => kind !== 'file' && source !== 'watched');
  const real = Object.fromEntries(elsewhere.map(({ source, text }) => [source, text]));
  expect(staleBlocks(page, { ...real, watched, stale: told })).toEqual([]);
  if (missingBinaries().length > 0) skip(context, 'all but pnpm generate itself: there is no protoc');
});
