import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { longEnough, temporaryFolder, until } from '@grpc-by-example/testing';
import { build, buildFolder, PEERS } from '../build.ts';
import { numbers } from '../cases.ts';
import { type Example, type OurServer, ourClient, outcome, outcomeOf, start, startOurServer } from '../examples.ts';
import { NotHere, type Peer, type Row, tried } from '../row.ts';
import { clientOptions, security } from '../security.ts';

const EXAMPLE = join(PEERS, 'nginx/example.conf');
const SETTINGS = join(PEERS, 'nginx/grpc-streams.conf');
const UNPACKED = join(buildFolder('nginx'), 'usr/sbin/nginx');
const BETWEEN = 'our client, our server, it between them';
const TALK = 'Sam: Hi | Ann: Hey | John: Hello, exit 0';

let nginx = 'nginx';

/** A port that was free just now; nginx takes no port 0. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Starts nginx before these servers, by the example with these settings, and gives its address. */
async function between(servers: readonly OurServer[], settings: string, listen = ''): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  const [first, second = first] = servers;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = `
    daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
    events {}
    http {
      access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      ${readFileSync(EXAMPLE, 'utf8')
        .replace('127.0.0.1:9090', `127.0.0.1:${first?.port}`)
        .replace('127.0.0.1:9190', `127.0.0.1:${second?.port}`)
        .replace('listen 8080 http2;', `listen 127.0.0.1:${port} http2 ${listen};`)
        .replace('include grpc-streams.conf;', settings)}
    }`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration);
  const program = start([nginx, '-p', folder, '-c', file]);
  let told = '';
  void program.ended.then((how) => {
    told = `nginx ended (${how}): ${program.stderr}`;
  });
  await until(() => told !== '' || /start worker process|using the "\w+" event method/.test(program.stderr));
  if (told) throw new Error(told);
  return `localhost:${port}`;
}

const AS_TESTED = `include ${SETTINGS};`;

const replicas = (example: Example, ...args: string[]) =>
  Promise.all([startOurServer(example, ...args), startOurServer(example, ...args)]);

/** A call through nginx to one of two replicas. */
const through = (example: Example, name: string, gets: string | RegExp, args: readonly string[] = [], input = '') =>
  tried(example, BETWEEN, name, gets, async () =>
    outcome(ourClient(example, await between(await replicas(example), AS_TESTED), ...args), input),
  );

/** How often a server has logged the end of a call. */
const callsOf = ({ program }: OurServer) => program.stderr.match(/"msg":"call ended"/g)?.length ?? 0;

/** More than the 60 s that nginx waits by default. */
const LONG_MS = 65_000;
const LONG_SUM = numbers(300_000); // more than 2 MiB on the wire

/** Servers that ask nothing meanwhile: what they ask, and what nginx answers, counts as sent. */
const QUIET = ['--keepalive-seconds', '3600'];

/** A chat in which nothing is said for long, and then something again. */
async function idleChat(settings: string): Promise<string> {
  const address = await between(await replicas('chat', ...QUIET), settings);
  const client = start(ourClient('chat', address, '--name', 'Sam'));
  client.type('Hi\n');
  await client.prints(/Sam: Hi\n/);
  await Promise.race([client.ended, delay(LONG_MS)]);
  client.type('Still there\n');
  client.endInput();
  return outcomeOf(client);
}

/** A stream of sums whose client, or whose server, is frozen for long, and so reads nothing. */
async function frozenSums(side: 'client' | 'server', settings: string): Promise<string> {
  const server = await startOurServer('calc', ...QUIET);
  const client = start(ourClient('calc', await between([server], settings), 'incremental', '-'));
  client.type(LONG_SUM);
  client.endInput();
  await client.prints(/Value: 55\n/);
  const frozen = side === 'client' ? client : server.program;
  frozen.signal('SIGSTOP');
  await delay(LONG_MS);
  frozen.signal('SIGCONT');
  const [end = ''] = (await outcomeOf(client)).match(/(Complete\.| ! ).*/) ?? [];
  return end;
}

const ENDED = / ! Error: [A-Z]+: .*, exit 1$/;

/** What nginx has patience for by the settings, and has none for without them. */
function patience(example: Example, name: string, gets: string, run: (settings: string) => Promise<string>): Row {
  const without = `${name}, without the settings: ended`;
  return {
    example,
    direction: BETWEEN,
    gets: { [name]: gets, [without]: ENDED },
    run: async () => {
      const [patient, impatient] = await Promise.all([run(AS_TESTED), run('')]);
      return { [name]: patient, [without]: impatient };
    },
  };
}

const patient: readonly Row[] = [
  patience('chat', 'nothing said for 65 s', 'Sam: Hi | Sam: Still there, exit 0', idleChat),
  patience('calc', 'a client that reads nothing for 65 s', 'Complete., exit 0', (settings) =>
    frozenSums('client', settings),
  ),
  patience('calc', 'a server that reads nothing for 65 s', 'Complete., exit 0', (settings) =>
    frozenSums('server', settings),
  ),
  patience('calc', 'a stream of more than 1 MiB', 'Value: 45000150000, exit 0', async (settings) =>
    outcome(ourClient('calc', await between(await replicas('calc'), settings), 'sum', '-'), LONG_SUM),
  ),
];

const chat: Row[] = [
  through('chat', 'call', TALK),
  tried('chat', BETWEEN, 'both replicas get calls', '2 and 2', async () => {
    const servers = await replicas('chat');
    const address = await between(servers, AS_TESTED);
    for (let call = 0; call < 4; call++) await outcome(ourClient('chat', address));
    await until(() => servers.map(callsOf).reduce((sum, calls) => sum + calls) === 4);
    return servers.map(callsOf).join(' and ');
  }),
  tried('chat', BETWEEN, 'TLS at nginx', TALK, async () => {
    const { serverCert, serverKey } = await security();
    const settings = `${AS_TESTED} ssl_certificate ${serverCert}; ssl_certificate_key ${serverKey};`;
    const address = await between(await replicas('chat'), settings, 'ssl');
    return outcome(ourClient('chat', address, ...(await clientOptions('TLS'))));
  }),
  tried(
    'chat',
    BETWEEN,
    'a replica stops: its stream ends, the next call goes to the other',
    `Sam: Hi ! Error: UNAVAILABLE: server is shutting down, exit 1; ${TALK}`,
    async () => {
      const servers = await replicas('chat');
      const address = await between(servers, AS_TESTED);
      const client = start(ourClient('chat', address, '--name', 'Sam'));
      client.type('Hi\n');
      await client.prints(/Sam: Hi\n/);
      const [first] = servers;

      // Round robin: the first call went to the first replica.
      first.program.signal('SIGTERM');
      const ended = await outcomeOf(client);
      await first.program.ended;

      return `${ended}; ${await outcome(ourClient('chat', address))}`;
    },
  ),
];

const others: Row[] = [
  through('calc', 'incremental sum', 'Value: 1 | Value: 3 | Value: 6 | Complete., exit 0', [
    'incremental',
    '1',
    '2',
    '3',
  ]),
  through('call', 'call', /enters \[ACTIVE\] state .* Call finished, exit 0$/),
  through('datahub', 'unary', '3, exit 0', ['send', 'A01', 'A02', 'A03']),
  through('datahub', 'client streaming', '10, exit 0', ['ingest']),
  tried(
    'datahub',
    BETWEEN,
    'server streaming and cancel',
    /Status\(StatusCode="Cancelled".*exit 0; the server heard$/,
    async () => {
      const servers = await replicas('datahub');
      const address = await between(servers, AS_TESTED);
      const client = (seconds: number) => outcome(ourClient('datahub', address, '--seconds', `${seconds}`));
      const printed = await longEnough(client, (text) => /^[\da-f-]{36} /.test(text));
      await until(() => servers.some(({ program }) => program.stderr.includes('"status":"CANCELLED"')));
      return `${printed}; the server heard`;
    },
  ),
  through('message', 'both ways', /^(Received message: Hello, world!( \| )?){3}, exit 0$/, ['--count', '3']),
];

export const nginxPeer: Peer = {
  name: 'nginx',
  title: () => 'nginx: between our clients and two replicas',
  needs: [],
  async prepare() {
    const isThere = (command: string) => spawnSync(command, ['-v']).status === 0;
    if (isThere('nginx')) return;
    nginx = UNPACKED;
    if (existsSync(UNPACKED)) return;
    if (!isThere('apt-get')) throw new NotHere('neither nginx nor apt-get found');
    // The package is unpacked beside the lane, not installed.
    const cwd = buildFolder('nginx');
    try {
      await build(['mkdir', '-p', cwd]);
      await build(['apt-get', 'download', 'nginx'], { cwd }).catch(async () => {
        await build(['apt-get', 'update']);
        await build(['apt-get', 'download', 'nginx'], { cwd });
      });
      await build(['bash', '-c', 'dpkg-deb --extract nginx_*.deb .'], { cwd });
    } catch (error) {
      throw new NotHere(`nginx not found, and apt-get gives none: ${(error as Error).message.split('\n')[0]}`);
    }
  },
  rows: [...patient, ...chat, ...others],
};
