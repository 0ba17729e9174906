import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@grpc-by-example/testing';
import type * as ClientModule from '../src/events/chat-client.ts';
import type * as ServerModule from '../src/events/chat-server.ts';
import { play } from '../src/events/play.ts';

const cwd = join(import.meta.dirname, '..');
const sources = { server: 'src/events/chat-server.ts', client: 'src/events/chat-client.ts' };

export interface Without {
  readonly side: keyof typeof sources;
  readonly guard: string;
  /** What stands there instead. */
  readonly instead?: string;
  /** Whether that ends the process, so that it must be another than this one. */
  readonly isFatal?: boolean;
}

/** Plays a mishap with the chat by events as it is written, or without the line that ends in `// guard: NAME`. */
export async function playWithout(mishap: string, without?: Without): Promise<string> {
  // In this folder, so that the copy finds the same packages.
  const folder = mkdtempSync(join(cwd, 'test/.without-'));
  try {
    const [server = '', client = ''] = (['server', 'client'] as const).map((side) => {
      if (side !== without?.side) return join(cwd, sources[side]);
      const lines = readFileSync(join(cwd, sources[side]), 'utf8').split('\n');
      const at = lines.findIndex((line) => line.endsWith(`// guard: ${without.guard}`));
      if (at === -1) throw new Error(`the ${side} has no guard ${without.guard}`);
      lines[at] = without.instead ?? '';
      const file = join(folder, `${side}.ts`);
      writeFileSync(file, lines.join('\n'));
      return file;
    });
    if (!without?.isFatal) {
      const { chatByEvents: serve } = (await import(server)) as typeof ServerModule;
      const { chatByEvents: chat } = (await import(client)) as typeof ClientModule;
      return await play(mishap, { serve, chat });
    }
    // By tsx, since the copy is not compiled.
    const command = ['node', '--import', 'tsx', 'src/events/main.ts', mishap, server, client];
    const { exit, stdout, stderr } = await run(command, { cwd });
    if (exit === 0) return stdout.trim();
    const isUncaught = exit === 1 && /INVALID_ARGUMENT|refused/.test(stderr);
    return isUncaught ? 'the process ends with an error that nobody caught' : stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
