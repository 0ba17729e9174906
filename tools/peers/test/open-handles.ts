import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { until } from '@grpc-by-example/testing';

interface Handle {
  /** Whether it keeps the process running. */
  hasRef(): boolean | null;
}

const KINDS = ['TCPWRAP', 'TCPSERVERWRAP', 'TLSWRAP', 'PIPEWRAP', 'PROCESSWRAP', 'Timeout'];

/** What a row has opened, and not closed again, by the number that Node gave it. */
type Opened = Map<number, { readonly kind: string; readonly handle: Handle }>;

const rows = new Set<Opened>();
/** The row that opens it: rows run side by side, and Vitest has timers of its own. */
const running = new AsyncLocalStorage<Opened>();

const hook = createHook({
  init(id, kind, _triggerId, handle) {
    if (KINDS.includes(kind)) running.getStore()?.set(id, { kind, handle: handle as Handle });
  },
  destroy(id) {
    for (const opened of rows) opened.delete(id);
  },
});

/** Between these, what is opened is seen. */
export const watchHandles = () => void hook.enable();
export const unwatchHandles = () => void hook.disable();

/** Runs a row, and gives the sockets, servers, processes and timers that it leaves open. */
export async function leftBy(row: () => Promise<void>): Promise<string[]> {
  const opened: Opened = new Map();
  rows.add(opened);
  await running.run(opened, row);
  const left = () => [...opened.values()].filter(({ handle }) => handle.hasRef()).map(({ kind }) => kind);
  await until(() => left().length === 0).catch(() => {}); // its end takes a moment to close them
  rows.delete(opened);
  return left();
}
