import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { styleText } from 'node:util';

const repository = join(import.meta.dirname, '../../..');

/**
 * Runs an example's server, on a free port, and its client as two processes, and prints what both print.
 *
 * @param folder the folder of the example, from the root of the repository
 * @returns the exit code: that of the client, or that of a server that did not start
 */
export async function runDemo(folder: string): Promise<number> {
  const server = startProgram(join(folder, 'server'), 'server', 'cyan', ['--port', '0']);
  const stopServer = () => server.child.kill('SIGINT');
  // Ctrl-C reaches both programs by themselves, and they end in order; a SIGTERM reaches only this one.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.on('SIGINT', interrupt).on('SIGTERM', stopServer);
  try {
    const start = await Promise.race([server.prints(/ listens on (\S+)\./), server.exitCode]);
    if (typeof start === 'number') return start;
    if (interrupted) return 0;
    const client = startProgram(join(folder, 'client'), 'client', 'yellow', ['--address', start[1] ?? '']);
    return await client.exitCode;
  } finally {
    stopServer();
    await server.exitCode;
    process.off('SIGINT', interrupt).off('SIGTERM', stopServer);
  }
}

interface DemoProgram {
  readonly child: ChildProcess;
  readonly exitCode: Promise<number>;
  /** Resolves with the first match in a line of the program. */
  prints(pattern: RegExp): Promise<RegExpMatchArray>;
}

function startProgram(folder: string, label: string, color: 'cyan' | 'yellow', args: string[]): DemoProgram {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
    cwd: join(repository, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tag = process.stdout.isTTY ? styleText(color, label) : label;
  const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  for (const output of outputs) output.on('line', (line) => console.log(`${tag} | ${line}`));
  return {
    child,
    exitCode: once(child, 'close').then(([code]) => code ?? 1),
    prints: (pattern) =>
      new Promise((resolve) => {
        for (const output of outputs) {
          output.on('line', (line) => {
            const match = line.match(pattern);
            if (match) resolve(match);
          });
        }
      }),
  };
}
