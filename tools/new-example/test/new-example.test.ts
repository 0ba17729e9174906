import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exportsOf } from '@grpc-by-example/proto-tools/exports';
import { run, temporaryFolder } from '@grpc-by-example/testing';
import { staleCode } from 'run-typescript/stale-code';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');
const plopfile = join(folder, 'plopfile.js');

/** A repository without any example. */
function emptyRepository(): string {
  const repository = temporaryFolder();
  for (const name of ['docs', 'examples', 'packages', 'tools']) mkdirSync(join(repository, name));
  return repository;
}

/** What `pnpm new` runs. */
const plop = (repository: string, name: string) =>
  run(['node', join(folder, 'node_modules/plop/bin/plop.js'), '--plopfile', plopfile, name], {
    env: { NEW_EXAMPLE_IN: repository },
  });

function filesIn(path: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => statSync(join(path, file)).isFile()).sort();
}

test.concurrent('every file of the template is rendered under the name given', async () => {
  const repository = emptyRepository();
  const { exit, stdout } = await plop(repository, 'price-feed');
  expect(exit).toBe(0);
  expect(stdout).toContain('pnpm --filter price-feed-server start');
  const made = join(repository, 'examples/price-feed');
  const template = filesIn(join(folder, 'template')).filter((file) => !file.includes('node_modules'));
  const named = (file: string) =>
    file
      .replace(/\.hbs$/, '')
      .replaceAll('{{name}}', 'price-feed')
      .replaceAll('{{snake}}', 'price_feed');
  expect(filesIn(made)).toEqual([...template.map(named), 'proto/gen/price_feed.binpb'].sort());
  for (const file of filesIn(made)) expect(readFileSync(join(made, file), 'utf8'), file).not.toMatch(/\{\{/);
  for (const part of ['', '-proto', '-server', '-client']) {
    const manifest = readFileSync(join(made, part.slice(1), 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ name: `price-feed${part}`, private: true });
  }
});

test.concurrent('the contract has the name given, and the code is as if it were generated', async () => {
  const repository = emptyRepository();
  await plop(repository, 'price-feed');
  const proto = join(repository, 'examples/price-feed/proto');
  const contract = readFileSync(join(proto, 'price_feed.proto'), 'utf8');
  expect(contract).toContain('package price_feed;');
  expect(contract).toContain('service PriceFeed {');
  const generated = (file: string) => readFileSync(join(proto, 'gen', file), 'utf8');
  const files = exportsOf(contract, 'price_feed.proto');
  expect({ 'index.js': generated('index.js'), 'index.d.ts': generated('index.d.ts') }).toEqual(files);
  // The rest of it, with the tools that generate, is for the long test.
  expect(generated('price_feed_grpc_pb.js')).toContain("path: '/price_feed.PriceFeed/exchange'");
  expect(staleCode([join(proto, 'gen/index.js')])).toEqual([]);
});

test.concurrent('a name that will not do is refused in one line', async () => {
  const { exit, stdout, stderr } = await plop(emptyRepository(), 'My Notes');
  expect(exit).not.toBe(0);
  expect(stdout + stderr).toContain('"My Notes" is not a name');
  expect(stdout + stderr).not.toMatch(/^ +at /m);
});

interface Generator {
  readonly prompts: readonly [{ validate(name: string): true | string }];
  actions(answers: { name: string }): unknown[];
}

/** The generator of this repository. */
async function generator(): Promise<Generator> {
  const generators: Generator[] = [];
  const { default: setUp } = await import(plopfile);
  setUp({ setGenerator: (_: string, made: Generator) => generators.push(made) });
  const [made] = generators;
  if (!made) throw new Error('there is no generator');
  return made;
}

test.each([
  ['My Notes', 'is not a name of lower-case letters'],
  ['../notes', 'is not a name of lower-case letters'],
  ['streaming-calc', 'There is an example "streaming-calc" already'],
  ['chat', 'there is a package "chat-'],
  ['note', 'the name of its message'],
  ['docs', 'there is a package "docs" already'],
  ['grpc-streams', 'there is a package "grpc-streams" already'],
  ['testing', 'there is a package "testing" already'],
])('"%s" is refused, whether asked for or given on the command line', async (name, told) => {
  const { prompts, actions } = await generator();
  expect(prompts[0].validate(name)).toContain(told);
  expect(() => actions({ name })).toThrow(told);
});

test('a name that is free is taken', async () => {
  const { prompts } = await generator();
  expect(prompts[0].validate('my-notes')).toBe(true);
});
