import { createServer, type Server } from 'node:net';

export interface Lock {
  release(): Promise<void>;
}

/** The systems where a process can listen on a name that is no file, and that ends with it, however that ends. */
const PATHS: Partial<Record<NodeJS.Platform, string>> = { linux: '\0', win32: '\\\\.\\pipe\\' };

/**
 * Takes a lock, for as long as this process lives. Elsewhere than in Linux and Windows there is none, so it serves to
 * tell people that two programs are at the same work, and nothing else depends on it.
 *
 * @returns undefined when another process has it
 */
export async function takeLock(name: string): Promise<Lock | undefined> {
  const path = PATHS[process.platform];
  const server = createServer((socket) => socket.destroy()).unref();
  if (path !== undefined && (await listen(server, `${path}${name}`)) === 'EADDRINUSE') return undefined;
  return { release: () => new Promise((released) => server.close(() => released())) };
}

/** Gives the code of the error, if there is one. */
function listen(server: Server, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen(path, () => resolve(undefined));
  });
}
