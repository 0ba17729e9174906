import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractDigest } from 'run-typescript/stale-code';
import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';

const RUN_TYPESCRIPT = join(import.meta.dirname, '../../../packages/run-typescript/bin/run-typescript.js');

/** A package with a program of two files. */
function makePackage(name = 'package') {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write('package.json', '{ "type": "module" }');
  write('greeting.ts', "export const greeting: string = 'Hello';\n");
  write(
    'main.ts',
    `import { basename } from 'node:path';
import { greeting } from './greeting.ts';

const [, program = '', name = 'nobody'] = process.argv;
console.log(\`\${greeting} \${name}, from \${basename(program)} in \${basename(import.meta.dirname) === basename(process.cwd())}\`);
if (name === 'trouble') throw new Error('what a trouble');
await Promise.resolve();
`,
  );
  const start = (...args: string[]) =>
    run(['node', RUN_TYPESCRIPT, ...args], { cwd: folder, env: { NODE_OPTIONS: '' } });
  const kept = () => {
    const cache = join(folder, 'node_modules/.cache/run-typescript');
    return existsSync(cache) ? readdirSync(cache).filter((file) => file.endsWith('.mjs')) : [];
  };
  return { folder, write, start, kept };
}

test.concurrent('a program sees its own name, place and arguments', async () => {
  const { start } = makePackage();
  expect(await start('main.ts', 'Ann')).toEqual({ exit: 0, stdout: 'Hello Ann, from main.ts in true\n', stderr: '' });
});

test.concurrent('it may be in a folder with any name', async () => {
  const { start } = makePackage('a%20b #1? * [c] "d" $HOME');
  expect(await start('main.ts', 'Ann')).toEqual({ exit: 0, stdout: 'Hello Ann, from main.ts in true\n', stderr: '' });
});

test.concurrent('it is compiled once, and again when a source has changed', async () => {
  const { write, start, kept } = makePackage();
  await start('main.ts');
  const [first] = kept();
  await start('main.ts');
  expect(kept()).toEqual([first]);

  write('greeting.ts', "export const greeting: string = 'Good day';\n");
  expect((await start('main.ts', 'Ann')).stdout).toBe('Good day Ann, from main.ts in true\n');
  expect(kept()).toHaveLength(1);
  expect(kept()).not.toEqual([first]);
});

test.concurrent('what is compiled before it is started is what runs', async () => {
  const { start, kept } = makePackage();
  expect(await start('--compile', 'main.ts')).toEqual({ exit: 0, stdout: '', stderr: '' });
  const compiled = kept();
  expect(compiled).toHaveLength(1);
  expect((await start('main.ts')).exit).toBe(0);
  expect(kept()).toEqual(compiled);
});

test.concurrent('many may start at once', async () => {
  const { start, kept } = makePackage();
  const all = await Promise.all(Array.from({ length: 5 }, () => start('main.ts', 'Ann')));
  for (const one of all) expect(one).toMatchObject({ exit: 0, stderr: '' });
  expect(kept()).toHaveLength(1);
});

test.concurrent('a mistake is shown with its file and line', async () => {
  const { write, start, kept } = makePackage();
  write('greeting.ts', "export const greeting = 'Hello\n");
  const { exit, stdout, stderr } = await start('main.ts');
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toContain('greeting.ts:1:');
  expect(stderr).not.toContain('    at ');
  expect(kept()).toEqual([]);
});

test.concurrent('an error that is thrown tells the line of the source', async () => {
  const { folder, start } = makePackage();
  const { exit, stderr } = await start('main.ts', 'trouble');
  expect(exit).toBe(1);
  expect(stderr).toContain(`${join(folder, 'main.ts')}:6:`);
});

test.concurrent('without a program it says how it is used', async () => {
  const { start } = makePackage();
  const { exit, stderr } = await start();
  expect(exit).toBe(2);
  expect(stderr).toContain('Usage: run-typescript <program>');
});

test.concurrent('it runs where it may not write', async () => {
  const { folder, start, kept } = makePackage();
  chmodSync(folder, 0o555);
  // Root may write anywhere but below what is no folder.
  if (process.getuid?.() === 0) {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'node_modules'), '');
  }
  expect(await start('main.ts', 'Ann')).toEqual({ exit: 0, stdout: 'Hello Ann, from main.ts in true\n', stderr: '' });
  chmodSync(folder, 0o755);
  expect(kept()).toEqual([]);
});

test.concurrent('code that is older than its contract is told at each start, and what to do', async () => {
  const { folder, write, start } = makePackage();
  const digest = contractDigest('message Note { string text = 1; }');
  mkdirSync(join(folder, 'gen'));
  write('gen/index.js', `// GENERATED CODE -- DO NOT EDIT! Of note.proto, ${digest}, by pnpm generate.\nexport {};\n`);
  write('main.ts', "import './gen/index.js';\n\nconsole.log('Hello');\n");
  write('note.proto', '// One line.\nmessage Note {\n  string text = 1;\n}\n');
  expect(await start('main.ts')).toEqual({ exit: 0, stdout: 'Hello\n', stderr: '' });
  write('note.proto', 'message Note { string text = 2; }');
  const stderr = expect.stringMatching(
    /^Warning: .*note\.proto has changed since its code was generated: run pnpm generate\n$/,
  );
  for (let times = 0; times < 2; times++)
    expect(await start('main.ts')).toEqual({ exit: 0, stdout: 'Hello\n', stderr });
});
