import { isIP, isIPv6 } from 'node:net';
import { isLoopback } from '../loopback.ts';
import { UNIX } from '../value-parsers.ts';

/**
 * What TLS asks a server for that is reached at an IP address. The name in a handshake cannot be an address (RFC 6066),
 * and grpc-js would take it for one, which Node 26 refuses.
 */
export const NAME_OF_ADDRESSES = 'ip-address.invalid';

/** The IP addresses in the address of a server, as grpc-js names one or several; none for a name, or a Unix socket. */
export function ipsOf(address: string): string[] {
  if (address.startsWith(UNIX)) return [];
  return hostsOf(address).hosts.filter((host) => isIP(host));
}

/**
 * Whether all that is sent to this address, as grpc-js names one, stays on this machine. A name below `localhost` may
 * not: that is for the name server to say.
 */
export function staysOnThisMachine(address: string): boolean {
  if (address.startsWith(UNIX)) return true;
  const { nameServer, hosts } = hostsOf(address);
  return !nameServer && hosts.every(isLoopback);
}

/** The hosts in the address of a server, without the scheme of grpc-js, brackets and ports. */
export function hostsOf(address: string): { nameServer: string | undefined; hosts: string[] } {
  const [, nameServer, path = address] = address.match(/^(?:dns|ipv4|ipv6):(?:\/\/([^/]*)\/)?(.+)$/) ?? [];
  const hosts = path
    .split(',')
    .map((part) => (isIPv6(part) ? part : part.replace(/:\d+$/, '').replace(/^\[(.+)\]$/, '$1')));
  return { nameServer, hosts };
}
