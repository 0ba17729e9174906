import type { ClientTlsOptions } from '../client-credentials.ts';
import { newCommand, option } from '../command-line.ts';
import { address, text, wholeNumber } from '../value-parsers.ts';
import type { KnownServer } from './connection-errors.ts';
import type { Spread } from './service-config.ts';

/** As often as servers of other languages allow by default. */
export const KEEPALIVE_SECONDS = 300;

/** What the command line of a client gives. */
export interface ClientOptions extends ClientTlsOptions, Pick<Spread, 'balance'> {
  /** Of the server: `host:port`, or `unix:/path`. */
  readonly address: string;
  /** How often the connection is checked while there are calls; default: 300, as often as most servers allow. */
  readonly keepaliveSeconds?: number | undefined;
  /** Not on the command line: what the client says when there is no server. */
  readonly server?: KnownServer | undefined;
  /** The file of the token. */
  readonly token?: string | undefined;
  /** Lets the token go beyond this machine in plain text. */
  readonly insecure?: boolean | undefined;
  /** Milliseconds before each message that is sent; true for none. */
  readonly trace?: number | true | undefined;
  /** Not on the command line: what the proto package exports under this name, by which a trace tells messages. */
  readonly descriptorSet?: Buffer | undefined;
}

/**
 * A command with the options that every client has.
 *
 * @param defaults `server` is the command that starts a server at the address, told when there is none;
 *   `descriptorSet` what the proto package exports under this name, for `--trace`
 */
export function clientCommand(
  name: string,
  defaults: { address: string; server?: string; description: string; descriptorSet?: Buffer },
) {
  const command = newCommand(name, defaults.description)
    .addOption(
      option('--address <host:port>', 'the address of the server, or unix:/path')
        .argParser(address)
        .default(defaults.address),
    )
    .addOption(
      option('--balance', 'spread the calls over all addresses of the server, such as ipv4:10.0.0.1:80,10.0.0.2:80'),
    )
    .addOption(option('--tls-ca <file>', "use TLS; the CA that signed the server's certificate (PEM)").argParser(text))
    .addOption(option('--tls-cert <file>', 'a client certificate, for servers that require one (PEM)').argParser(text))
    .addOption(option('--tls-key <file>', 'the private key of the client certificate (PEM)').argParser(text))
    .addOption(option('--token <file>', 'a file with a token, for servers that require one').argParser(text))
    .addOption(option('--insecure', 'send the token beyond this machine although there is no TLS'))
    .addOption(
      option(
        '--keepalive-seconds <n>',
        'how often to check that the server is still there; many allow no less than 300',
      )
        .argParser(wholeNumber(1, 86_400))
        .default(KEEPALIVE_SECONDS),
    )
    .option('--trace [ms]', 'print every event of every call; pause this long before each message', pause);
  if (defaults.server !== undefined) {
    const server: KnownServer = { start: defaults.server, address: defaults.address };
    command.setOptionValue('server', server);
  }
  if (defaults.descriptorSet) command.setOptionValue('descriptorSet', defaults.descriptorSet);
  return command;
}

/** Milliseconds; true without them. */
const pause = (given: string) => given === '' || wholeNumber(0, 60_000)(given);
