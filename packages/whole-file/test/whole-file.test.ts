import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { inBash, Program, programCommand, run, skip, temporaryFolder, until, withRoom } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { dropParts, findTarget, isSameFile, UnwritableFile, writeWholeFile } from 'whole-file';

const writer = (...args: string[]) => programCommand(join(import.meta.dirname, 'fixtures/writer.ts'), ...args);

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

test('a file appears, with what it is given', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  await writeWholeFile(path, ['one ', Buffer.from('two')]);
  expect(readFileSync(path, 'utf8')).toBe('one two');
  await writeWholeFile(path, []);
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(readdirSync(folder)).toEqual(['file']);
});

test.each(['600', '640', '755'])('a file keeps its mode: %s', async (mode) => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'before');
  chmodSync(path, mode);
  await writeWholeFile(path, ['after']);
  expect({ text: readFileSync(path, 'utf8'), mode: modeOf(path) }).toEqual({ text: 'after', mode });
});

test('a mode that is given is that of the file, whatever it had before', async () => {
  const path = join(temporaryFolder(), 'file');
  for (const before of [undefined, '666']) {
    if (before) chmodSync(path, before);
    await writeWholeFile(path, ['secret'], { mode: 0o600 });
    expect(modeOf(path)).toBe('600');
  }
});

test('a file of somebody else stays theirs', async (context) => {
  if (process.getuid?.() !== 0) skip(context, 'only root can give a file away');
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, '');
  chownSync(path, 4_711, 4_712);
  await writeWholeFile(path, ['text']);
  expect(statSync(path)).toMatchObject({ uid: 4_711, gid: 4_712 });
  await writeWholeFile(path, ['secret'], { mode: 0o600 });
  expect(statSync(path)).toMatchObject({ uid: 0 });
});

test('links are followed, to a file that is there and to one that is not', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'runs'));
  writeFileSync(join(folder, 'runs/1'), 'before');
  symlinkSync('runs/1', join(folder, 'latest'));
  symlinkSync('latest', join(folder, 'link to a link'));
  await writeWholeFile(join(folder, 'link to a link'), ['after']);
  expect(readFileSync(join(folder, 'runs/1'), 'utf8')).toBe('after');

  // From another folder, as a relative link is read from where it is.
  symlinkSync('runs', join(folder, 'also runs'));
  symlinkSync('2', join(folder, 'runs/next'));
  await writeWholeFile(join(folder, 'also runs/next'), ['new']);
  expect(readFileSync(join(folder, 'runs/2'), 'utf8')).toBe('new');
  expect([readlinkSync(join(folder, 'latest')), readlinkSync(join(folder, 'runs/next'))]).toEqual(['runs/1', '2']);
  expect(readdirSync(join(folder, 'runs')).sort()).toEqual(['1', '2', 'next']);
});

test('what is no file is refused, and stays as it is', async () => {
  const folder = temporaryFolder();
  const [pipe, socket, loop] = ['pipe', 'socket', 'loop'].map((name) => join(folder, name)) as [string, string, string];
  execFileSync('mkfifo', [pipe]);
  const server = createServer().listen(socket);
  await until(() => server.listening);
  symlinkSync(loop, loop);
  symlinkSync('/dev/null', join(folder, 'link'));
  const before = statSync('/dev/null');
  const refusals: [string, RegExp][] = [
    ['/dev/null', /^\/dev\/null is a device, not a file$/],
    ['/dev/full', /is a device, not a file$/],
    [join(folder, 'link'), /link is a device, not a file$/],
    [pipe, /pipe is a pipe, not a file$/],
    [socket, /socket is a socket, not a file$/],
    [folder, /is a folder, not a file$/],
    [loop, /^cannot write .*loop: ELOOP: /],
    [join(folder, 'none/file'), /^cannot write .*none\/file: ENOENT: no such file or directory$/],
    ['/dev/null/file', /^cannot write \/dev\/null\/file: ENOTDIR: not a directory$/],
  ];
  for (const [path, words] of refusals) {
    const error = await writeWholeFile(path, ['text']).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UnwritableFile);
    expect((error as Error).message).toMatch(words);
    expect(() => findTarget(path)).toThrow(UnwritableFile);
  }
  expect(statSync('/dev/null').rdev).toBe(before.rdev);
  expect(statSync(pipe).isFIFO()).toBe(true);
  await new Promise((closed) => server.close(closed));
});

test('a file that is not to be written is refused, and so is a folder', (context) => {
  if (process.getuid?.() === 0) skip(context, 'root may write everything');
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'mine', { mode: 0o444 });
  expect(() => findTarget(path)).toThrow(`cannot write ${path}: EACCES: permission denied`);
  chmodSync(folder, 0o555);
  expect(() => findTarget(join(folder, 'other'))).toThrow('EACCES');
  chmodSync(folder, 0o755);
});

test('what a program prints to is no file for it to replace', async () => {
  const folder = temporaryFolder();
  const printed = join(folder, 'printed');
  for (const path of ['/dev/stdout', printed]) {
    const { stderr } = await run(inBash('file=$1; shift; "$@" > "$file"', printed, ...writer(path, '1')));
    expect(stderr).toBe(`UnwritableFile: ${path} is what this program prints to\n`);
  }
  const { stderr } = await run(writer('/dev/stdout', '1'));
  expect(stderr).toMatch(/^UnwritableFile: \/dev\/stdout is a (pipe|socket), not a file\n$/);
  expect(readdirSync(folder)).toEqual(['printed']);
});

test('content that fails leaves what was there, and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'before');
  const reason = new Error('no more content');
  async function* failing(): AsyncGenerator<string> {
    yield 'half of it';
    throw reason;
  }
  await expect(writeWholeFile(path, failing())).rejects.toBe(reason);
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a full disk is told in words; what was there stays, and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'before');
  const { stderr } = await run(withRoom(64, writer(path, '1024')));
  expect(stderr).toBe(`UnwritableFile: cannot write ${path}: EFBIG: file too large\n`);
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a writer that is killed leaves what was there, and a part that can be dropped', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  writeFileSync(path, 'before');
  writeFileSync(join(folder, 'file.part'), 'of somebody else');
  await using killed = new Program(writer(path, '1024', 'for ever'));
  await until(() => killed.stderr.includes('begun'));
  killed.signal('SIGKILL');
  await killed.ended;
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder).length).toBe(3);
  await dropParts(path);
  expect(readdirSync(folder)).toEqual(['file', 'file.part']);
});

test('a file is the same by any of its names', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('file'), 'text');
  writeFileSync(at('other'), 'text');
  linkSync(at('file'), at('hard link'));
  symlinkSync('file', at('link'));
  for (const name of ['file', 'hard link', 'link']) expect(isSameFile(at('file'), at(name))).toBe(true);
  for (const name of ['other', 'none']) expect(isSameFile(at('file'), at(name))).toBe(false);
  expect(isSameFile(at('none'), at('none'))).toBe(false);
});
