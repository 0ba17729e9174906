import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildFolder, PEERS } from '../build.ts';
import { numbers } from '../cases.ts';
import { oneLine, ourClient, outcome, start, startOurServer } from '../examples.ts';
import { type Language, languageRows } from '../language.ts';
import { type Peer, type Row, tried } from '../row.ts';

const FOLDER = join(PEERS, 'rust');
const TARGET = buildFolder('rust');
const program = (name: string) => join(TARGET, 'debug', name);

const language: Language = {
  client: (address, example, ...cases) => [program('client'), address, example, ...cases],
  server: (...mode) => [program('server'), ...mode],
  countsPings: false,
  stopped: /^Sam: Hi ! Error: (UNAVAILABLE|CANCELLED|INTERNAL): .*, exit 1$/,
};

/** The client of the document, which goes on for ever, and our server at this host. */
async function documentsClient(host: string): Promise<string> {
  const server = await startOurServer('message', '--host', host);
  const client = start([program('document'), 'client', `http://${server.address}`]);
  await Promise.all([
    client.prints(/(Received message: Hello, world!\n){3}/),
    server.program.prints(/(Received request: Hello, world!\n){3}/),
  ]);
  client.signal('SIGKILL');
  return 'three messages each way';
}

/** Our client, and the server of the document, which never ends its stream. */
async function documentsServer(host: string): Promise<string> {
  const server = start([program('document'), 'server', `${host}:0`]);
  const [, address = ''] = await server.prints(/listens on (\S+)\n/);
  return outcome(ourClient('message', address.replace('127.0.0.1', 'localhost'), '--count', '3'));
}

const THREE = `${'Received message: Hello, world! | '.repeat(2)}Received message: Hello, world!`;
const document: Row[] = (
  [
    ['[::1]', '::1'],
    ['localhost', 'localhost'],
  ] as const
).flatMap(([name, host]) => [
  tried('message', 'its client, our server', `the program of the document at ${name}`, 'three messages each way', () =>
    documentsClient(host),
  ),
  tried(
    'message',
    'our client, its server',
    `the program of the document at ${name}`,
    `${THREE} ! Error: DEADLINE_EXCEEDED: the server did not end the call within 5 s of the half-close, exit 1`,
    () => documentsServer(name === '[::1]' ? '[::1]' : '127.0.0.1'),
  ),
]);

/** h2 ends a connection on which some thousand small frames wait unread. */
const slowReader = tried(
  'calc',
  'our client, its server',
  '100,000 small messages to a slow reader',
  'Value: 5000050000, exit 0',
  async () => {
    const server = start(language.server('slow'));
    const [, address = ''] = await server.prints(/listens on (\S+)\n/);
    return oneLine(await outcome(ourClient('calc', address, 'sum', '-'), numbers(100_000)));
  },
);

export const rust: Peer = {
  name: 'rust',
  title: () => {
    const lock = readFileSync(join(FOLDER, 'Cargo.lock'), 'utf8');
    const version = (name: string) => lock.match(new RegExp(`name = "${name}"\\nversion = "(.*)"`))?.[1];
    return `Rust: tonic ${version('tonic')}, h2 ${version('h2')}`;
  },
  needs: [['Rust', 'cargo', '--version']],
  async prepare() {
    await build(['cargo', 'build', '--locked'], { cwd: FOLDER, env: { CARGO_TARGET_DIR: TARGET } });
  },
  rows: [...languageRows(language), ...document, slowReader],
};
