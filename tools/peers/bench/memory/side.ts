// One side of a measurement of memory: `side.ts STACK`, told by stdin what to do. Needs --expose-gc.
import { answerCommands } from '../answer-commands.ts';
import { loadMemoryStack } from './load-memory-stack.ts';
import type { Counts, MemoryClient, MemoryStackName } from './memory-stack.ts';

/** What a process can be asked. */
export type MemoryCommand =
  | { readonly name: 'listen' }
  | { readonly name: 'connect'; readonly port: number; readonly connections: number }
  | { readonly name: 'sendToServer' | 'letServerSend' }
  | { readonly name: 'openIdle'; readonly calls: number }
  | { readonly name: 'sample'; readonly collect: boolean };

/** The memory of a process, in bytes. */
export interface Sample extends Counts {
  readonly rss: number;
  /** JavaScript objects and buffers. */
  readonly heap: number;
}

const stack = await loadMemoryStack(process.argv[2] as MemoryStackName);
const counts: Counts = { sent: 0, open: 0 };
let clients: MemoryClient[] = [];

answerCommands<MemoryCommand>((command) => {
  switch (command.name) {
    case 'listen':
      return stack.listen(counts);
    case 'connect':
      clients = Array.from({ length: command.connections }, () => stack.connect(command.port, counts));
      return;
    case 'sendToServer':
    case 'letServerSend':
      clients[0]?.[command.name]();
      return;
    case 'openIdle':
      for (let call = 0; call < command.calls; call++) clients[call % clients.length]?.openIdle();
      return;
    case 'sample': {
      if (command.collect) globalThis.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { ...counts, rss, heap: heapUsed + external } satisfies Sample;
    }
  }
});
