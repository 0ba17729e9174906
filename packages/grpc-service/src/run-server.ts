import type { Command } from '@commander-js/extra-typings';
import { exitCodeOf, newCommand, wholeNumber } from './command-line.ts';
import { onInterrupt } from './interrupts.ts';
import { hostAndPort } from './listen.ts';
import { type RunningServer, type Service, startServer } from './start-server.ts';
import { type ServerTlsOptions, serverCredentials } from './tls.ts';

export type ServerOptions = ServerTlsOptions & { host: string; port: number; grace: number };

/** How long a stopped server may take to end by itself. */
const LAST_WORDS_MS = 500;

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
 * @param descriptorSet what the proto package exports under this name, for reflection
 * @param client the command that starts a client, for the line that is printed
 */
export async function runServer<Options extends ServerOptions>(
  command: Command<[], Options>,
  { services, client }: { services: (options: Options) => readonly Service[]; descriptorSet?: Buffer; client: string },
): Promise<void> {
  try {
    const options = command.parse().opts();
    const server = await startServer(services(options), {
      host: options.host,
      port: options.port,
      credentials: serverCredentials(options),
      graceMs: options.grace * 1_000,
    });
    const stopped = stopOnInterrupt(command.name(), server);
    console.log(readyLine(command, options, server.port, client));
    await stopped;
    // A handler that ignored its signal may hold a timer or a socket, and with it the process.
    setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function stopOnInterrupt(name: string, server: RunningServer): Promise<void> {
  return new Promise((stopped) => {
    onInterrupt(
      () => {
        console.log(`${name} is shutting down`);
        void server.stop().then(stopped);
      },
      () => server.forceStop(),
    );
  });
}

function readyLine(command: Command<[], ServerOptions>, options: ServerOptions, port: number, client: string): string {
  const isDefault = (option: 'host' | 'port') => command.getOptionValueSource(option) === 'default';
  const address = hostAndPort(options.host, port);
  const atAddress = isDefault('host') && isDefault('port') ? '' : ` --address ${address}`;
  const withTls = options.tlsCert ? ' --tls-ca <file>' : '';
  return `${command.name()} listens on ${address}. Start a client: ${client}${atAddress}${withTls}`;
}
