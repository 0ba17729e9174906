import type { Row } from '../attack.ts';
import { Attacker } from '../attacker.ts';
import { Bystander } from '../bystander.ts';
import { RawCall } from '../raw-call.ts';
import { STREAMS } from '../requests.ts';
import { type Example, Victim } from '../victim.ts';

const GONE = 'the connection is closed; the server exits with 0';

/** Stops a server whose callers read nothing, half-close nothing, and open new calls meanwhile. */
async function stop(example: Example, ...args: string[]): Promise<string> {
  const victim = await Victim.start(example, ['--grace', '1', ...args]);
  const bystander = await Bystander.enter(victim.port);
  const attacker = new Attacker(victim.port, bystander);
  const session = attacker.session({ settings: { initialWindowSize: 0 } });
  const isClosed = new Promise((resolve) => session.once('close', resolve));
  const { path, request } = STREAMS[example];
  const open = () => session.closed || session.destroyed || new RawCall(session, path).send(request, request, request);
  for (let n = 0; n < 50; n++) open();
  attacker.raw();
  await attacker.waits();
  await bystander.leave();

  const opening = setInterval(open, NEW_CALL_EVERY_MS);
  victim.program.signal('SIGINT');
  try {
    const exit = await victim.program.ended;
    await isClosed;
    return exit === 0 ? GONE : `the server exits with ${exit}: ${victim.program.stderr}`;
  } finally {
    clearInterval(opening);
    attacker.letGo();
  }
}

const NEW_CALL_EVERY_MS = 20;

const HOLDS = '`--grace`, then 2 s for the last statuses, then every connection is dropped';

/** The other servers, each with what it needs. */
const OTHERS: readonly [Example, ...string[]][] = [
  ['chat', '--room'],
  ['calc'],
  ['call'],
  ['message'],
  ['datahub'],
  ['jobs'],
];

/** A stop beside callers that do not want it. */
export const stops: Row[] = [
  {
    name: 'a stop of the chat with 50 callers that read nothing, end nothing, and open new calls meanwhile',
    gets: GONE,
    holds: HOLDS,
    run: () => stop('chat'),
  },
  {
    name: 'the same, with the servers of the other examples',
    gets: GONE,
    holds: HOLDS,
    isLong: true,
    async run() {
      const ends = await Promise.all(OTHERS.map((victim) => stop(...victim)));
      return [...new Set(ends)].join(', or ');
    },
  },
];
