import { isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../loopback.ts';
import { UNIX } from '../value-parsers.ts';

/**
 * What TLS asks a server for that is reached at an IP address. The name in a handshake cannot be an address (RFC 6066),
 * and grpc-js would take it for one, which Node 26 refuses.
 */
export const NAME_OF_ADDRESSES = 'ip-address.invalid';

/** The IP address in the address of a server, as grpc-js names one; undefined for a name, or a Unix socket. */
export function ipOf(address: string): string | undefined {
  const [, bracketed, plain] =
    address.match(/^(?:(?:dns|ipv4|ipv6):(?:\/\/[^/]*\/)?)?(?:\[([^\]]+)\]|([^:,]+))(?::\d+)?(?:,|$)/) ?? [];
  const host = bracketed ?? plain ?? '';
  return isIP(host) ? host : undefined;
}

/**
 * Whether all that is sent to this address, as grpc-js names one, stays on this machine. A name below `localhost` may
 * not: that is for the name server to say.
 */
export function staysOnThisMachine(address: string): boolean {
  if (address.startsWith(UNIX)) return true;
  const [, nameServer, path = address] = address.match(/^(?:dns|ipv4|ipv6):(?:\/\/([^/]*)\/)?(.+)$/) ?? [];
  const hosts = path
    .split(',')
    .map((part) => (isIPv6(part) ? part : part.replace(/:\d+$/, '').replace(/^\[(.+)\]$/, '$1')));
  return !nameServer && hosts.every(isLoopback);
}
