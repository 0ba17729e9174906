import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  fetchFailure,
  inBash,
  Program,
  readmeBlocks,
  run,
  skip,
  staleBlocks,
  stopLater,
  tarball,
  temporaryFolder,
} from '@grpc-by-example/testing';
import { expect, type TestContext, test } from 'vitest';

const page = join(import.meta.dirname, '../your-own-service.md');
const blocks = readmeBlocks(page);

/** The command lines of a block. */
function commands(source: string): string[] {
  const text = blocks.find((block) => block.kind === 'commands' && block.source === source)?.text;
  if (text === undefined) throw new Error(`the page has no commands ${source}`);
  return text.trim().split('\n');
}

/** A folder outside of the workspace, and what runs a line there as a shell does. */
function emptyFolder(context: TestContext) {
  const folder = join(temporaryFolder(), 'price-feed');
  mkdirSync(folder);
  async function runLine(line: string): Promise<string> {
    const { exit, stdout, stderr } = await run(inBash(line), { cwd: folder });
    const failure = exit === 0 ? undefined : fetchFailure(stderr);
    if (failure !== undefined) skip(context, failure);
    expect(exit, `${line}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  }
  return { folder, runLine };
}

test('whoever does what the page says, in an empty folder, has a service with types and a test', async (context) => {
  const { folder, runLine } = emptyFolder(context);
  const packed = await tarball('grpc-streams');
  for (const line of commands('install')) await runLine(line.replace(`<clone>/${basename(packed)}`, packed));
  // The port of the page may be in use here.
  const write = (port: string) => {
    for (const { kind, source, text } of blocks)
      if (kind === 'file' && source.includes('/price-feed/'))
        writeFileSync(join(folder, basename(source)), text.replaceAll('50051', port));
  };
  write('0');
  for (const line of [...commands('types'), ...commands('check')]) expect(await runLine(line)).toBe('');

  const [serverCommand = '', clientCommand = ''] = commands('run');
  const server = new Program(serverCommand.split(' '), { cwd: folder });
  stopLater(() => server[Symbol.asyncDispose]());
  const [, port = ''] = await server.prints(/listening on localhost:(\d+)\n/);
  write(port);
  const client = await runLine(clientCommand);
  server.signal('SIGINT');
  await server.ended;
  expect(server.stderr).toBe('');
  expect(server.stdout).toMatch(/stopped\n$/);

  const tested = (await Promise.all(commands('test').map(runLine))).join('');
  // The commands were run. The part about `pnpm new` is compared where that is tested, in tools/new-example.
  const known = Object.fromEntries(
    blocks.filter(({ kind }) => kind !== 'file').map(({ source, text }) => [source, text]),
  );
  const passed = [...tested.matchAll(/^(?:# |ℹ )((?:tests|pass|fail) \d+)$/gm)].map(([, line]) => line);
  expect(staleBlocks(page, { ...known, client, 'test output': passed.join('\n') })).toEqual([]);
});
