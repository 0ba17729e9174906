import { Child, nodeCommand } from '../child.ts';
import type { MemoryStackName } from './memory-stack.ts';
import type { MemoryCommand, Sample } from './side.ts';

/** A server and a client, connected. */
export class Sides implements Disposable {
  readonly server: Child<MemoryCommand>;
  readonly client: Child<MemoryCommand>;

  constructor(stack: MemoryStackName, limitSeconds: number) {
    const command = nodeCommand(['--expose-gc'], [stack]);
    this.server = new Child('server', command, { limitSeconds });
    this.client = new Child('client', command, { limitSeconds });
  }

  async connect(connections = 1): Promise<void> {
    const port = await this.server.ask<number>({ name: 'listen' });
    await this.client.ask({ name: 'connect', port, connections });
  }

  [Symbol.dispose](): void {
    this.server[Symbol.dispose]();
    this.client[Symbol.dispose]();
  }
}

/** Takes a sample, after a garbage collection if so asked. */
export function sample(side: Child<MemoryCommand>, { collect = false } = {}): Promise<Sample> {
  return side.ask<Sample>({ name: 'sample', collect });
}
