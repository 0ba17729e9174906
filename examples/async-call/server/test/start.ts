import { PhoneService } from 'call-proto';
import { type RunningServer, type StartServerOptions, startServer } from 'grpc-program/server';
import { onTestFinished } from 'vitest';
import { CallSessions } from '../src/call-sessions.ts';
import { phone } from '../src/phone.ts';
import { PhonePeer } from './phone-peer.ts';

export interface PhoneServer {
  readonly server: RunningServer;
  readonly sessions: CallSessions;
  /** What the server has logged. */
  readonly log: string[];
  /** A new caller, on a connection of its own. */
  connect(contract?: string): PhonePeer;
}

interface ServeOptions extends StartServerOptions {
  /** How long each part of a call takes, unless told otherwise. */
  readonly stepMs?: number;
  readonly dialMs?: number;
  readonly ringMs?: number;
  readonly talkMs?: number;
  readonly unanswered?: readonly string[];
}

/** Longer than any test runs. */
export const NEVER = 3_600_000;

/** Starts a server on a free port; it and its callers are closed when the test is finished. */
export async function serve({
  stepMs = 1,
  dialMs = stepMs,
  ringMs = stepMs,
  talkMs = stepMs,
  unanswered,
  ...options
}: ServeOptions = {}): Promise<PhoneServer> {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const sessions = new CallSessions(log);
  const service = phone({ sessions, log, unanswered, dialMs, ringMs, talkMs });
  const server = await startServer([[PhoneService, service]], options);
  const peers: PhonePeer[] = [];
  onTestFinished(() => {
    for (const peer of peers) peer.close();
    server.forceStop();
  });
  return {
    server,
    sessions,
    log: lines,
    connect(contract) {
      const peer = new PhonePeer(server.port, contract);
      peers.push(peer);
      return peer;
    },
  };
}
