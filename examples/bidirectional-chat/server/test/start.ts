import { join } from 'node:path';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { Program, programCommand } from '@grpc-by-example/testing';
import { ChatService } from 'chat-proto';
import { type RunningServer, type StartServerOptions, startServer } from 'grpc-program/server';
import { onTestFinished } from 'vitest';
import { ChatPeer } from './chat-peer.ts';

export interface ChatServer {
  readonly server: RunningServer;
  /** A new caller, on a connection of its own. */
  connect(contract?: string): ChatPeer;
}

/** Starts a server on a free port; it and its callers are closed when the test is finished. */
export async function serve(service: UntypedServiceImplementation, options?: StartServerOptions): Promise<ChatServer> {
  const server = await startServer([[ChatService, service]], options);
  const peers: ChatPeer[] = [];
  onTestFinished(() => {
    for (const peer of peers) peer.close();
    server.forceStop();
  });
  return {
    server,
    connect(contract) {
      const peer = new ChatPeer(server.port, contract);
      peers.push(peer);
      return peer;
    },
  };
}

const CALLERS = join(import.meta.dirname, 'fixtures/callers.ts');

/** Starts a process with so many callers, and waits until all of them have had a response. */
export async function startCallers({ server }: ChatServer, count: number): Promise<Program> {
  const program = new Program(programCommand(CALLERS, `${server.port}`, `${count}`));
  onTestFinished(() => program[Symbol.asyncDispose]());
  await program.prints(/all callers talk/);
  return program;
}
