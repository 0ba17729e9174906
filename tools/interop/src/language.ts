import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { longEnough, type Program, run, temporaryFolder, until } from '@grpc-by-example/testing';
import { CLIENT_CASES, SERVER_CASES } from './cases.ts';
import { type Example, ourClient, ourServer, outcome, outcomeOf, start, startOurServer } from './examples.ts';
import { type Row, tried } from './row.ts';
import { clientOptions, type Security, security, serverOptions } from './security.ts';

/** The programs of a language, which speak all examples. */
export interface Language {
  /** The command of its client: it prints a line for each case. */
  client(address: string, example: Example, ...cases: string[]): readonly string[];
  /** The command of its server, which serves all examples on a free port. */
  server(...mode: string[]): readonly string[];
  /** The command of its worker, where it has one. */
  worker?(address: string): readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Its server closes a connection that pings more often than it allows. */
  readonly countsPings: boolean;
  /** What our client prints when its server stops in order under an open call. */
  readonly stopped: RegExp;
}

const ITS_CLIENT = 'its client, our server';
const ITS_SERVER = 'our client, its server';
const TALK = 'Sam: Hi | Ann: Hey | John: Hello';
const HOW = ['TLS', 'mutual TLS', 'token'] as const;
const TEXT = 'It was the best of times, it was the worst of times: Größe, 42 über 東京.\n'.repeat(2_000);

/** An answer may take as long as that: with 1 s, a peer that stalls is taken for dead. */
const PING_SECONDS = 4;

/** All that is tried with the programs of a language. */
export function languageRows(language: Language): Row[] {
  return [...clientRows(language), ...serverRows(language)];
}

function clientRows(language: Language): Row[] {
  const runClient = async (address: string, example: Example, cases: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    lines(await run(language.client(address, example, ...cases), { env: { ...language.env, ...env } }));
  const examples = Object.keys(CLIENT_CASES) as (keyof typeof CLIENT_CASES)[];
  return [
    ...examples.map((example): Row => {
      const gets = CLIENT_CASES[example];
      return {
        example,
        direction: ITS_CLIENT,
        gets,
        run: async () => runClient(await ourServer(example), example, Object.keys(gets)),
      };
    }),
    tried('chat', ITS_CLIENT, 'idle beyond the ping limit', 'Sam: Hi | Ann: Hey -> OK', async () => {
      const { 'idle beyond the ping limit': came } = await runClient(await ourServer('chat'), 'chat', [
        'idle beyond the ping limit',
      ]);
      return `${came}`;
    }),
    tried('chat', ITS_CLIENT, 'cancel', /^Sam: Hi -> (CANCELLED|dropped).*; our server heard$/, async () => {
      const server = await startOurServer('chat');
      const { cancel } = await runClient(server.address, 'chat', ['cancel']);
      await until(() => /"status":"CANCELLED"/.test(server.program.stderr));
      return `${cancel}; our server heard`;
    }),
    tried('chat', ITS_CLIENT, 'our server stops', 'Sam: Hi -> UNAVAILABLE: server is shutting down', async () => {
      const server = await startOurServer('chat');
      const client = start(language.client(server.address, 'chat', 'server stops'), { env: { ...language.env } });
      await client.prints(/heard Sam: Hi\n/);
      server.program.signal('SIGTERM');
      await client.ended;
      return `${lines(client)['server stops']}`;
    }),
    ...HOW.map((how) =>
      tried('chat', ITS_CLIENT, how, `${TALK} -> OK`, async () => {
        const { address } = await startOurServer('chat', ...(await serverOptions(how)));
        const { call } = await runClient(address, 'chat', ['call'], clientEnv(how, await security()));
        return `${call}`;
      }),
    ),
    tried('chat', ITS_CLIENT, 'no token', / -> UNAUTHENTICATED/, async () => {
      const { address } = await startOurServer('chat', ...(await serverOptions('token')));
      const { call } = await runClient(address, 'chat', ['call'], clientEnv('TLS', await security()));
      return `${call}`;
    }),
    tried('chat', ITS_CLIENT, 'Unix socket', `${TALK} -> OK`, async () => {
      const { address } = await startOurServer('chat', '--host', socket());
      const { call } = await runClient(address, 'chat', ['call']);
      return `${call}`;
    }),
    ...workerRow(language),
  ];
}

/** A worker in another language counts what ours counts. */
function workerRow({ worker, env }: Language): Row[] {
  if (!worker) return [];
  const count = async (command: (address: string) => readonly string[], options: { env?: NodeJS.ProcessEnv }) => {
    const folder = temporaryFolder();
    const text = join(folder, 'text.txt');
    const counts = join(folder, 'counts.tsv');
    writeFileSync(text, TEXT);
    const { program, address } = await startOurServer('job', '--output', counts, text);
    const told = start(command(address), options);
    if ((await program.ended) !== 0) throw new Error(`${program.stderr}${told.stderr}`);
    await told.ended;
    return { counts: readFileSync(counts, 'utf8'), told: told.stdout };
  };
  return [
    tried(
      'job',
      ITS_CLIENT,
      'a worker, its counts beside those of ours',
      /^\d+ different words, all alike$/,
      async () => {
        const its = await count(worker, { env: { ...env } });
        const ours = await count((address) => ourClient('job', address), {});
        if (its.counts !== ours.counts) return `not alike:\n${its.counts}\n${ours.counts}`;
        return `${its.counts.trim().split('\n').length} different words, all alike`;
      },
    ),
  ];
}

function serverRows(language: Language): Row[] {
  const { countsPings } = language;
  let shared: Promise<Program & { address: string }> | undefined;
  const itsServer = async (env: NodeJS.ProcessEnv = {}, ...mode: string[]) => {
    const program = start(language.server(...mode), { env: { ...language.env, ...env } });
    const [, address = ''] = await program.prints(/listens on (\S+)\n/);
    return Object.assign(program, { address });
  };
  const sharedServer = () => {
    shared ??= itsServer();
    return shared;
  };
  const examples = Object.keys(SERVER_CASES) as (keyof typeof SERVER_CASES)[];
  return [
    ...examples.flatMap((example) =>
      Object.entries(SERVER_CASES[example]).map(([name, { args = [], input, gets }]) =>
        tried(example, ITS_SERVER, name, gets, async () =>
          outcome(ourClient(example, (await sharedServer()).address, ...args), input),
        ),
      ),
    ),
    tried(
      'datahub',
      ITS_SERVER,
      'server streaming and cancel',
      /^(GUID \| )+Status\(StatusCode="Cancelled", Detail="Call canceled by the client\."\), exit 0; its server heard$/,
      async () => {
        const server = await sharedServer();
        const client = (seconds: number) => outcome(ourClient('datahub', server.address, '--seconds', `${seconds}`));
        const printed = (await longEnough(client, (text) => /^[\da-f-]{36} /.test(text))).replaceAll(
          /\b[\da-f-]{36}\b/g,
          'GUID',
        );
        await server.prints(/subscriber gone/);
        return `${printed}; its server heard`;
      },
    ),
    tried(
      'job',
      ITS_SERVER,
      'a master',
      'connected to the master | did map-1 | did reduce-1 | shut down after 2 jobs, exit 0; its master counted be 2 not 1 or 1 to 2',
      async () => {
        const master = await itsServer();
        const worker = await outcome(ourClient('job', master.address));
        const [, counts = ''] = await master.prints(/counted (.*)\n/);
        return `${worker}; its master counted ${counts.replaceAll(/\W+/g, ' ').trim()}`;
      },
    ),
    tried('chat', ITS_SERVER, 'gzip', `${TALK}, exit 0`, async () =>
      outcome(ourClient('chat', (await itsServer({}, 'gzip')).address)),
    ),
    tried(
      'chat',
      ITS_SERVER,
      'error with details',
      ' ! Error: INVALID_ARGUMENT: name: zu lang für 🎈, exit 1',
      async () => outcome(ourClient('chat', (await itsServer({}, 'details')).address)),
    ),
    tried('chat', ITS_SERVER, 'its server stops', language.stopped, async () => {
      const server = await itsServer();
      const client = start(ourClient('chat', server.address, '--name', 'Sam'));
      client.type('Hi\n');
      await client.prints(/Sam: Hi\n/);
      server.signal('SIGTERM');
      return outcomeOf(client);
    }),
    tried(
      'chat',
      ITS_SERVER,
      'idle with pings that its server allows',
      'Sam: Hi | Sam: Still there, exit 0',
      // Five pings; the fourth too early ends a connection.
      async () => idleChat((await itsServer({ MIN_PING_SECONDS: '1' })).address, 5.5 * PING_SECONDS),
    ),
    ...(countsPings
      ? [
          tried(
            'chat',
            ITS_SERVER,
            'idle with more pings than its server allows',
            /^Sam: Hi ! Error: UNAVAILABLE: the server closed the connection: it allows fewer keepalive pings; .*--keepalive-seconds\), exit 1$/,
            async () => idleChat((await itsServer()).address),
          ),
        ]
      : []),
    ...HOW.map((how) =>
      tried('chat', ITS_SERVER, how, `${TALK}, exit 0`, async () => {
        const { address } = await itsServer(serverEnv(how, await security()));
        return outcome(ourClient('chat', address, ...(await clientOptions(how))));
      }),
    ),
    tried('chat', ITS_SERVER, 'no token', / ! Error: UNAUTHENTICATED: no token, exit 1$/, async () => {
      const { address } = await itsServer(serverEnv('token', await security()));
      return outcome(ourClient('chat', address, ...(await clientOptions('TLS'))));
    }),
    tried('chat', ITS_SERVER, 'Unix socket', `${TALK}, exit 0`, async () => {
      const { address } = await itsServer({ HOST: socket() });
      return outcome(ourClient('chat', address));
    }),
  ];
}

/** Says something, is silent while it pings, for so long or until the connection ends, and says something again. */
async function idleChat(address: string, seconds?: number): Promise<string> {
  const client = start(ourClient('chat', address, '--name', 'Sam', '--keepalive-seconds', `${PING_SECONDS}`));
  client.type('Hi\n');
  await client.prints(/Sam: Hi\n/);
  await (seconds === undefined ? client.ended : Promise.race([client.ended, delay(seconds * 1_000)]));
  client.type('Still there\n');
  client.endInput();
  return outcomeOf(client);
}

const socket = () => `unix:${join(temporaryFolder(), 'chat.sock')}`;

/** The lines that a client printed, by the name of the case. */
function lines({ stdout, stderr }: { stdout: string; stderr: string }): Record<string, string> {
  const cases = [...stdout.matchAll(/^(.+)\t(.*)$/gm)].map(([, name = '', came = '']) => [name, came] as const);
  if (cases.length === 0) throw new Error(`it printed no case:\n${stdout}\n${stderr}`);
  return Object.fromEntries(cases);
}

function clientEnv(how: (typeof HOW)[number], files: Security): NodeJS.ProcessEnv {
  return {
    TLS_CA: files.ca,
    ...(how === 'mutual TLS' && { TLS_CERT: files.clientCert, TLS_KEY: files.clientKey }),
    ...(how === 'token' && { TOKEN_FILE: files.tokenFile }),
  };
}

function serverEnv(how: (typeof HOW)[number], files: Security): NodeJS.ProcessEnv {
  return {
    TLS_CERT: files.serverCert,
    TLS_KEY: files.serverKey,
    ...(how === 'mutual TLS' && { TLS_CA: files.ca }),
    ...(how === 'token' && { TOKEN_FILE: files.tokenFile }),
  };
}
