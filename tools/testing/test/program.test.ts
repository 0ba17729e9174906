import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { nobodyListens } from '../src/listens.ts';
import { Program, programCommand, run } from '../src/program.ts';

test('a program that is not there ends at once, and says what is missing', async () => {
  expect(await run(['/no/such/program'])).toEqual({
    exit: 127,
    stdout: '',
    stderr: 'spawn /no/such/program ENOENT\n',
  });
});

test('a program that ends without printing what is waited for says so, with its last words', async () => {
  await using program = new Program([process.execPath, '-e', 'console.error("no luck")']);
  await expect(program.prints(/luck/)).rejects.toThrow(/ended \(0\) without printing \/luck\/\n\nno luck/);
});

test('a program that has ended is sent no signal, which another that has its number by now would get', async () => {
  const program = new Program([process.execPath, '-e', '']);
  await program.ended;
  const kill = vi.spyOn(process, 'kill');
  program.signal('SIGKILL');
  await program[Symbol.asyncDispose]();
  expect(kill).not.toHaveBeenCalled();
});

test('a program ends with the process that started it, even one that is killed', async () => {
  await using parent = new Program(programCommand(join(import.meta.dirname, 'fixtures/starts-a-server.ts')));
  const [, port] = await parent.prints(/port (\d+)\./);
  process.kill(parent.pid, 'SIGKILL');
  expect(await parent.ended).toBe('SIGKILL');
  await nobodyListens(Number(port));
});
