import { isIP } from 'node:net';

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
