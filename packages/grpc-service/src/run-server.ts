import type { Command } from '@commander-js/extra-typings';
import { exitCodeOf, newCommand, wholeNumber } from './command-line.ts';
import { onInterrupt } from './interrupts.ts';
import { type Service, startServer } from './start-server.ts';
import { type ServerTlsOptions, serverCredentials } from './tls.ts';

export type ServerOptions = ServerTlsOptions & { host: string; port: number; grace: number };

/** A command with the options that every server has. */
export function serverCommand(name: string, defaults: { port: number; description: string }) {
  return newCommand(name, defaults.description)
    .option('--host <host>', 'the address to listen on', 'localhost')
    .option('--port <port>', 'the port to listen on, 0 for any free one', wholeNumber(0, 65_535), defaults.port)
    .option('--grace <seconds>', 'how long a stop waits for open calls', wholeNumber(0, 3_600), 5)
    .option('--tls-cert <file>', 'turns on TLS with this certificate (PEM)')
    .option('--tls-key <file>', 'the private key of the certificate (PEM)')
    .option('--tls-client-ca <file>', 'takes only clients with a certificate that this CA signed (PEM)');
}

/**
 * Runs a server as a program: parses the arguments, listens, says so in one line, and stops in order on Ctrl-C or
 * SIGTERM. Sets the exit code: 0 after a stop, 1 when it cannot listen, 2 for wrong usage.
 *
 * @param services gives what to serve, from the parsed options
 * @param client the command that starts a client, for the line that is printed
 */
export async function runServer<Options extends ServerOptions>(
  command: Command<[], Options>,
  { services, client }: { services: (options: Options) => readonly Service[]; client: string },
): Promise<void> {
  try {
    const options = command.parse().opts();
    const server = await startServer(services(options), {
      host: options.host,
      port: options.port,
      credentials: serverCredentials(options),
      graceMs: options.grace * 1_000,
    });
    const address = `${options.host}:${server.port}`;
    const toAddress =
      command.getOptionValueSource('port') === 'default' && command.getOptionValueSource('host') === 'default'
        ? ''
        : ` --address ${address}`;
    const withTls = options.tlsCert ? ' --tls-ca <file>' : '';
    console.log(`${command.name()} listens on ${address}. Start a client: ${client}${toAddress}${withTls}`);
    await new Promise<void>((stopped) => {
      const stop = () => {
        console.log(`${command.name()} is shutting down`);
        void server.stop().then(stopped);
      };
      onInterrupt(stop, () => server.forceStop());
    });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}
