import { join } from 'node:path';
import { type Program, programCommand } from '@grpc-by-example/testing';
import { startProgram } from '@grpc-by-example/testing/program-tests';
import { type RunningServer, type StartServerOptions, startServer } from 'grpc-program/server';
import { MessageResponse, MessageServiceService } from 'message-proto';
import { onTestFinished } from 'vitest';
import { messageService } from '../src/message-service.ts';
import { MessagePeer } from './message-peer.ts';

/** Longer than any test runs: the first tick is the only one. */
export const NEVER = 3_600_000;

export interface MessageServer {
  readonly server: RunningServer;
  /** What the server has logged. */
  readonly log: string[];
  /** How often its tickers have ticked. */
  ticks(): number;
  /** A new caller, on a connection of its own. */
  connect(contract?: string): MessagePeer;
}

interface ServeOptions extends StartServerOptions {
  readonly intervalMs: number;
  /** What each message says. */
  readonly text?: string;
  readonly message?: () => MessageResponse;
}

/** Starts a server on a free port; it and its callers are closed when the test is finished. */
export async function serve({
  intervalMs,
  text = 'Hello, world!',
  message = () => new MessageResponse().setMessage(text),
  ...options
}: ServeOptions): Promise<MessageServer> {
  const log: string[] = [];
  let ticks = 0;
  const service = messageService({
    log: (line) => log.push(line),
    message: () => {
      ticks += 1;
      return message();
    },
    intervalMs,
  });
  const server = await startServer([[MessageServiceService, service]], options);
  const peers: MessagePeer[] = [];
  onTestFinished(() => {
    for (const peer of peers) peer.close();
    server.forceStop();
  });
  return {
    server,
    log,
    ticks: () => ticks,
    connect(contract) {
      const peer = new MessagePeer(server.port, contract);
      peers.push(peer);
      return peer;
    },
  };
}

/** Starts a program of so many callers, which talk with this server until it is killed. */
export async function startCallers({ server }: MessageServer, count: number): Promise<Program> {
  const fixture = join(import.meta.dirname, 'fixtures/callers.ts');
  const callers = startProgram(programCommand(fixture, `${server.port}`, `${count}`));
  await callers.prints(/all callers talk/);
  return callers;
}
