import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { stat, unlink } from 'node:fs/promises';
import { connect, isIPv6 } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { silenceGrpcJs } from '../grpc-js-log.ts';
import { isLoopback } from '../loopback.ts';
import { OperatorError } from '../operator-error.ts';
import { UNIX } from '../value-parsers.ts';

/** How often to look for a port that is free on every address of the host. */
const FREE_PORT_TRIES = 5;

/** Gives the addresses of a host. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

const SYSTEM: Resolve = (host) => lookup(host, { all: true });

/**
 * Whether a server that listens on this host is out of the reach of other machines: on loopback, or on a Unix socket.
 *
 * @param host as in {@link listen}, and throws as it does for one that is not known
 */
export async function isOnlyForThisMachine(host: string, resolve: Resolve = SYSTEM): Promise<boolean> {
  if (host.startsWith(UNIX)) return true;
  return (await addressesOf(host, resolve)).every(({ address }) => isLoopback(address));
}

async function addressesOf(host: string, resolve: Resolve): Promise<LookupAddress[]> {
  if (host === '') throw new OperatorError('the host is empty; choose another one with --host');
  return resolve(host).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`cannot find the host ${host} (${error.code}); choose another one with --host`);
  });
}

/**
 * Binds the server to every address of the host, so that `localhost` is reached by IPv4 and by IPv6.
 *
 * grpc-js is content when one of them works: with a port in use on 127.0.0.1 it would listen on ::1 alone, and
 * clients would talk to the other program.
 *
 * @param host a name, an IP address, or `unix:/path`
 * @param port 0 for any free one; a Unix socket has none
 * @param resolve another one than that of the machine
 * @returns the port
 * @throws OperatorError in words for the operator: port in use, no permission, unknown host
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  credentials: ServerCredentials,
  resolve: Resolve = SYSTEM,
): Promise<number> {
  silenceGrpcJs(); // of bind errors, which are reported here
  if (host.startsWith(UNIX)) return listenOnSocket(server, host, credentials);
  const addresses = await addressesOf(host, resolve);
  for (let attempt = 1; ; attempt++) {
    try {
      return await bindAll(server, addresses, port, credentials);
    } catch (error) {
      if (port === 0 && attempt < FREE_PORT_TRIES) continue;
      throw explained(error as Error, host, port);
    }
  }
}

/** As clients take it: an IPv6 address in brackets, a Unix socket without a port. */
export function serverAddress(host: string, port: number): string {
  return host.startsWith(UNIX) ? host : hostAndPort(host, port);
}

/** An IPv6 address is in brackets there. */
export function hostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

async function listenOnSocket(server: Server, target: string, credentials: ServerCredentials): Promise<0> {
  const path = target.slice(UNIX.length);
  await removeIfDead(path);
  try {
    await promisify(server.bindAsync.bind(server))(target, credentials);
    return 0;
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('EADDRINUSE'))
      throw new OperatorError(`${path} is in use; choose another socket with --host unix:/path`);
    // Of which the system says that it is not permitted.
    if (!existsSync(dirname(path))) throw new OperatorError(`cannot listen on ${path}: its folder does not exist`);
    throw new OperatorError(`cannot listen on ${path} (${message.match(/\bE[A-Z]+\b/)?.[0] ?? message})`);
  }
}

/** A server that was killed leaves its socket behind, which nobody answers. */
async function removeIfDead(path: string): Promise<void> {
  const isSocket = await stat(path).then(
    (file) => file.isSocket(),
    () => false,
  );
  if (!isSocket) return;
  const isDead = await new Promise((resolve) => {
    const socket = connect(path)
      .on('connect', () => resolve(false))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
      .on('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
  if (isDead) await unlink(path);
}

async function bindAll(
  server: Server,
  addresses: LookupAddress[],
  port: number,
  credentials: ServerCredentials,
): Promise<number> {
  const bind = promisify(server.bindAsync.bind(server));
  const bound: string[] = [];
  let boundPort = port;
  let unusable: unknown;
  for (const { address } of addresses) {
    const target = (onPort: number) => hostAndPort(address, onPort);
    try {
      boundPort = await bind(target(boundPort), credentials);
      bound.push(target(boundPort));
    } catch (error) {
      // A machine may have a name for an address that it does not have, as localhost without IPv6.
      if (/EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(error))) unusable = error;
      else {
        for (const target of bound) server.unbind(target);
        throw error;
      }
    }
  }
  if (bound.length === 0) throw unusable;
  return boundPort;
}

function explained(error: Error, host: string, port: number): Error {
  const { message } = error;
  const address = hostAndPort(host, port);
  if (message.includes('EADDRINUSE')) return new OperatorError(`${address} is in use; choose another port with --port`);
  if (message.includes('EACCES'))
    return new OperatorError(`no permission to listen on ${address}; choose a port above 1023 with --port`);
  if (message.includes('EADDRNOTAVAIL'))
    return new OperatorError(`this machine does not have the address ${host}; choose another one with --host`);
  return error;
}
