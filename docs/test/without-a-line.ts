import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'testing';

const cwd = join(import.meta.dirname, '..');
const sources = { server: 'src/events/chat-server.ts', client: 'src/events/chat-client.ts' };

export interface Without {
  readonly side: keyof typeof sources;
  readonly guard: string;
  /** What stands there instead. */
  readonly instead?: string;
}

/** Plays a mishap with the chat by events as it is written, or without the line that ends in `// guard: NAME`. */
export async function play(mishap: string, without?: Without): Promise<string> {
  // In this folder, so that the copy finds the same packages.
  const folder = mkdtempSync(join(cwd, 'test/.without-'));
  try {
    const files = (['server', 'client'] as const).map((side) => {
      const lines = readFileSync(join(cwd, sources[side]), 'utf8').split('\n');
      if (side === without?.side) {
        const at = lines.findIndex((line) => line.endsWith(`// guard: ${without.guard}`));
        if (at === -1) throw new Error(`the ${side} has no guard ${without.guard}`);
        lines[at] = without.instead ?? '';
      }
      const file = join(folder, `${side}.ts`);
      writeFileSync(file, lines.join('\n'));
      return file;
    });
    const { exit, stdout } = await run(['node', '--import', 'tsx', 'src/events/play.ts', mishap, ...files], { cwd });
    return exit === 0 ? stdout.trim() : 'the process ends with an error that nobody caught';
  } finally {
    rmSync(folder, { recursive: true });
  }
}
