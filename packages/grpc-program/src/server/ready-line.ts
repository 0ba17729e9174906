import type { Command } from '@commander-js/extra-typings';
import { shellWord } from '../shell-word.ts';
import { serverAddress } from './listen.ts';
import type { ServerOptions } from './server-command.ts';

/**
 * The line that a server prints once it listens: where, and the command that starts a client for it.
 *
 * @param port the one that it has, where the options ask for any
 * @param client the command of a client with its default options
 */
export function readyLine<Args extends unknown[], Options extends ServerOptions>(
  command: Command<Args, Options>,
  options: Options,
  port: number,
  client: string,
): string {
  const isDefault = (option: 'host' | 'port') => command.getOptionValueSource(option) === 'default';
  const address = serverAddress(options.host, port);
  const atAddress = isDefault('host') && isDefault('port') ? '' : ` --address ${shellWord(address)}`;
  const withTls = options.tlsCert ? ' --tls-ca <file>' : '';
  const withIdentity = options.tlsClientCa ? ' --tls-cert <file> --tls-key <file>' : '';
  const withToken =
    options.jwtSecret || options.jwtKeys ? ` --token <file>${options.insecure ? ' --insecure' : ''}` : '';
  return `${command.name()} listens on ${address}. Start a client: ${client}${atAddress}${withTls}${withIdentity}${withToken}`;
}
