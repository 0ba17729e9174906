import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isListening, longEnough, type Program, until } from '@grpc-by-example/testing';
import { IngestClient, RequestSendDataPackage, type ResponseSendDataPackage } from 'datahub-proto';
import { connect } from 'grpc-program/client';
import { unaryCall } from 'grpc-streams';
import { numbers } from './cases.ts';
import { type Example, type OurServer, ourClient, outcome, outcomeOf, start, startOurServer } from './examples.ts';
import { type Row, tried } from './row.ts';
import { clientOptions } from './security.ts';

/** How a proxy is started. */
export interface Manner {
  /** Without the settings for long streams that its page shows, as it is by default. */
  readonly isImpatient?: boolean;
  readonly usesTls?: boolean;
}

/** Starts a proxy before these servers, as its page shows it, and gives its address. */
export type StartProxy = (servers: readonly OurServer[], manner?: Manner) => Promise<string>;

const BETWEEN = 'our client, our server, it between them';
const TALK = 'Sam: Hi | Ann: Hey | John: Hello, exit 0';

/** Waits until a proxy that was started takes connections. */
export async function takesConnections(proxy: Program, port: number): Promise<void> {
  let how: number | NodeJS.Signals | undefined;
  void proxy.ended.then((ended) => {
    how = ended;
  });
  while (!(await isListening(port))) {
    if (how !== undefined) throw new Error(`the proxy ended (${how}): ${proxy.stdout}${proxy.stderr}`);
    await delay(20);
  }
}

const replica = async (example: Example, ...args: string[]) =>
  startOurServer(example, '--port', `${await freePort()}`, ...args);
const replicas = (example: Example, ...args: string[]) =>
  Promise.all([replica(example, ...args), replica(example, ...args)]);

/** How often a server has logged the end of a call. */
const callsOf = ({ program }: OurServer) =>
  program.stderr.match(/"method":"(?!\/grpc\.health\.)[^\n]*"msg":"call ended"/g)?.length ?? 0;

/**
 * What is tried with every proxy.
 *
 * @param mayRefuse whether a call, one of hundreds, may fail that the proxy refuses twice as replicas close
 */
export function proxyRows(startProxy: StartProxy, { mayRefuse = false } = {}): Row[] {
  /** A call through the proxy to one of two replicas. */
  const through = (example: Example, name: string, gets: string | RegExp, args: readonly string[] = [], input = '') =>
    tried(example, BETWEEN, name, gets, async () =>
      outcome(ourClient(example, await startProxy(await replicas(example)), ...args), input),
    );
  return [
    through('chat', 'call', TALK),
    tried('chat', BETWEEN, 'both replicas get calls', '2 and 2', async () => {
      const servers = await replicas('chat');
      const address = await startProxy(servers);
      for (let call = 0; call < 4; call++) await outcome(ourClient('chat', address));
      await until(() => servers.map(callsOf).reduce((sum, calls) => sum + calls) === 4);
      return servers.map(callsOf).join(' and ');
    }),
    tried('chat', BETWEEN, 'TLS at the proxy', TALK, async () => {
      const address = await startProxy(await replicas('chat'), { usesTls: true });
      return outcome(ourClient('chat', address, ...(await clientOptions('TLS'))));
    }),
    tried(
      'chat',
      BETWEEN,
      'a replica stops: its stream ends, the next call goes to the other',
      `Sam: Hi ! Error: UNAVAILABLE: server is shutting down, exit 1; ${TALK}`,
      async () => {
        const servers = await replicas('chat');
        const address = await startProxy(servers);
        // In turn: one at each replica.
        const clients: Program[] = [];
        for (const _ of servers) {
          const client = start(ourClient('chat', address, '--name', 'Sam'));
          client.type('Hi\n');
          await client.prints(/Sam: Hi\n/);
          clients.push(client);
        }
        const [first] = servers;
        first.program.signal('SIGTERM');
        const ended = await Promise.race(clients.map(outcomeOf));
        await first.program.ended;

        return `${ended}; ${await outcome(ourClient('chat', address))}`;
      },
    ),
    tried(
      'datahub',
      BETWEEN,
      `both replicas are restarted: ${mayRefuse ? 'at most one' : 'no'} unary call fails, every stream is told to come again`,
      mayRefuse
        ? /^(0 of \d{3,} calls failed|1 of \d{3,} calls failed; 14 UNAVAILABLE: Stream refused by server); UNAVAILABLE: server is shutting down$/
        : /^0 of \d{3,} calls failed; UNAVAILABLE: server is shutting down$/,
      () => rollingRestart(startProxy),
    ),
    tried(
      'datahub',
      BETWEEN,
      'a replica is killed: calls that may be made twice are made again',
      /^\d{3,} calls: no UNAVAILABLE$/,
      () => killedReplica(startProxy),
    ),
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
        const address = await startProxy(servers);
        const client = (seconds: number) => outcome(ourClient('datahub', address, '--seconds', `${seconds}`));
        const printed = await longEnough(client, (text) => /^[\da-f-]{36} /.test(text));
        await until(() => servers.some(({ program }) => program.stderr.includes('"status":"CANCELLED"')));
        return `${printed}; the server heard`;
      },
    ),
    through('message', 'both ways', /^(Received message: Hello, world!( \| )?){3}, exit 0$/, ['--count', '3']),
  ];
}

const GUID = '9f0c2f43-6a4e-4e9a-8f0c-2f436a4e4e9a';

/** Restarts one replica after the other under calls, and tells what came of these, and of streams that were open. */
async function rollingRestart(startProxy: StartProxy): Promise<string> {
  const servers = await replicas('datahub');
  const address = await startProxy(servers);
  const subscribers = servers.map(() => start(ourClient('datahub', address, '--seconds', '3600')));
  await Promise.all(subscribers.map((subscriber) => subscriber.prints(/\n/)));

  const callers = startCallers(address);
  for (const { program, port } of servers) {
    program.signal('SIGTERM');
    await program.ended;
    const again = await startOurServer('datahub', '--port', port);
    await until(() => callsOf(again) >= 50);
  }
  const { calls, failures } = await callers.end();

  const ends = await Promise.all(subscribers.map(outcomeOf));
  // It subscribes again; what it has to say of that depends on where it comes to.
  const told = ends.map((end) => end.match(/ ! Lost the server \((.*?)\); subscribing again/)?.[1] ?? end);
  return `${[`${failures.length} of ${calls} calls failed`, ...new Set(failures), ...new Set(told)].join('; ')}`;
}

/** Kills one of two replicas under calls that the client makes again, and tells what came of these. */
async function killedReplica(startProxy: StartProxy): Promise<string> {
  const servers = await replicas('datahub');
  const callers = startCallers(await startProxy(servers), ['/MsgBroker.Ingest/SendDataPackage']);
  const [killed, other] = servers;
  await until(() => callsOf(killed) >= 50);
  killed.program.signal('SIGKILL');
  const before = callsOf(other);
  await until(() => callsOf(other) >= before + 100);
  const { calls, failures } = await callers.end();
  // A call whose answer had begun ends as it was broken off, and not with UNAVAILABLE.
  const unavailable = failures.filter((failure) => failure.includes('UNAVAILABLE'));
  return `${calls} calls: ${[...new Set(unavailable)].join('; ') || 'no UNAVAILABLE'}`;
}

/**
 * Starts four callers, each of which makes one unary call after the other.
 *
 * @param retry the paths of the methods that may be made twice
 */
function startCallers(address: string, retry: string[] = []) {
  const client = connect(IngestClient, { address, retry });
  const request = new RequestSendDataPackage().setTelemetryguid(GUID).setTrackingguid(GUID).setTagname('A01');
  let isOver = false;
  let calls = 0;
  const failures: string[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      calls += 1;
      await unaryCall<ResponseSendDataPackage>((callback) => client.sendDataPackage(request, callback)).catch(
        (error: Error) => failures.push(error.message),
      );
      await delay(5);
    }
  });
  return {
    /** Ends them, and tells how many calls they made, and how calls failed. */
    async end() {
      isOver = true;
      await Promise.all(callers);
      client.close();
      return { calls, failures };
    },
  };
}

/** More than a megabyte on the wire. */
const LONG_SUM = numbers(300_000);

/** Servers that ask nothing meanwhile: what they ask, and what the proxy answers, may count as sent. */
const QUIET = ['--keepalive-seconds', '3600'];

/** Waits for so long; with a proxy that has no patience, until it has ended the stream: its clock is not that of this program. */
async function silence(seconds: number, { isImpatient = false }: Manner, ended: () => Promise<unknown>): Promise<void> {
  if (isImpatient) await ended();
  else await delay(seconds * 1_000);
}

/** A chat in which nothing is said for so long, and then something again. */
async function idleChat(startProxy: StartProxy, seconds: number, manner: Manner): Promise<string> {
  const address = await startProxy(await replicas('chat', ...QUIET), manner);
  const client = start(ourClient('chat', address, '--name', 'Sam'));
  client.type('Hi\n');
  await client.prints(/Sam: Hi\n/);
  await silence(seconds, manner, () => client.ended);
  client.type('Still there\n');
  client.endInput();
  return outcomeOf(client);
}

/** A stream of sums whose client, or whose server, is frozen for so long, and so reads nothing. */
async function frozenSums(
  side: 'client' | 'server',
  startProxy: StartProxy,
  seconds: number,
  manner: Manner,
): Promise<string> {
  const server = await startOurServer('calc', ...QUIET);
  const client = start(ourClient('calc', await startProxy([server], manner), 'incremental', '-'));
  client.type(LONG_SUM);
  client.endInput();
  await client.prints(/Value: 55\n/);
  const frozen = side === 'client' ? client : server.program;
  frozen.signal('SIGSTOP');
  await silence(seconds, manner, () => (side === 'client' ? until(() => callsOf(server) > 0) : client.ended));
  frozen.signal('SIGCONT');
  const [end = ''] = (await outcomeOf(client)).match(/(Complete\.| ! ).*/) ?? [];
  return end;
}

/** Its client says so and ends, or that of the hub subscribes again. */
const ENDED = / ! (Error: [A-Z_]+: .*, exit 1$|Lost the server \([A-Z_]+: )/;

type Patience = (startProxy: StartProxy, seconds: number, manner: Manner) => Promise<string>;

/** What a proxy has patience for by its settings, and has none for without them. */
function patienceRow(
  startProxy: StartProxy,
  seconds: number,
  { example, name, gets, run }: { example: Example; name: string; gets: string | RegExp; run: Patience },
): Row {
  const without = `${name}, without the settings: ended`;
  return {
    example,
    direction: BETWEEN,
    gets: { [name]: gets, [without]: ENDED },
    run: async () => {
      const [patient, impatient] = await Promise.all([
        run(startProxy, seconds, {}),
        run(startProxy, seconds, { isImpatient: true }),
      ]);
      return { [name]: patient, [without]: impatient };
    },
  };
}

/** A stream in which nothing is said for so long. */
export function idleRow(startProxy: StartProxy, seconds: number): Row {
  return patienceRow(startProxy, seconds, {
    example: 'chat',
    name: `nothing said for ${seconds} s`,
    gets: 'Sam: Hi | Sam: Still there, exit 0',
    run: idleChat,
  });
}

/** Streams in which one side reads nothing for so long. */
export function frozenRows(startProxy: StartProxy, seconds: number): Row[] {
  return (['client', 'server'] as const).map((side) =>
    patienceRow(startProxy, seconds, {
      example: 'calc',
      name: `a ${side} that reads nothing for ${seconds} s`,
      gets: 'Complete., exit 0',
      run: (...args) => frozenSums(side, ...args),
    }),
  );
}

/** A call that comes when all replicas are gone, answered as the settings of the proxy say. */
export function noReplicaRow(startProxy: StartProxy): Row {
  return tried(
    'chat',
    BETWEEN,
    'no replica is there: a status that lets the client make the call again',
    /^ ! Error: UNAVAILABLE: no replica answered, exit 1$/,
    async () => {
      const servers = await replicas('chat');
      const address = await startProxy(servers);
      for (const { program } of servers) program.signal('SIGTERM');
      await Promise.all(servers.map(({ program }) => program.ended));
      return outcome(ourClient('chat', address));
    },
  );
}

/** A call that sends much in all. */
export function longStreamRow(startProxy: StartProxy): Row {
  return patienceRow(startProxy, 0, {
    example: 'calc',
    name: 'a stream of more than 1 MiB',
    gets: 'Value: 45000150000, exit 0',
    run: async (start, _, manner) =>
      outcome(ourClient('calc', await start(await replicas('calc'), manner), 'sum', '-'), LONG_SUM),
  });
}

/**
 * Many small messages both ways at once.
 *
 * @param mayStop whether the proxy may stop them for good, so that the client ends the call
 */
export function smallMessagesRow(startProxy: StartProxy, { mayStop = false } = {}): Row {
  const name = '300,000 numbers and their sums';
  return tried(
    'calc',
    BETWEEN,
    mayStop ? `${name}, or UNAVAILABLE` : name,
    mayStop ? /(Complete\., exit 0| ! Error: UNAVAILABLE: the connection to \S+ broke, exit 1)$/ : 'Complete., exit 0',
    async () => {
      const address = await startProxy(await replicas('calc'));
      const patience = mayStop ? ['--keepalive-seconds', '10'] : [];
      const printed = await outcome(ourClient('calc', address, ...patience, 'incremental', '-'), LONG_SUM);
      return printed.match(/(Complete\.| ! ).*/)?.[0] ?? '';
    },
  );
}

/** A subscription that lasts so long. */
export function lastingRow(startProxy: StartProxy, seconds: number): Row {
  return patienceRow(startProxy, seconds, {
    example: 'datahub',
    name: `a subscription of ${seconds} s`,
    gets: /Status\(StatusCode="Cancelled".*exit 0$/,
    run: async (startProxy, seconds, manner) => {
      const address = await startProxy(await replicas('datahub'), manner);
      const client = start(ourClient('datahub', address, '--seconds', `${manner.isImpatient ? 3_600 : seconds}`));
      if (manner.isImpatient) {
        await until(() => client.stderr.includes('\n')); // and it subscribes again
        client.signal('SIGINT');
      }
      return outcomeOf(client);
    },
  });
}
