import { BlockList, isIP, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether it is an IP address, or the name, that only this machine reaches. */
export function isLoopback(host: string): boolean {
  if (isIP(host)) return LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
  return /^localhost\.?$/i.test(host);
}
