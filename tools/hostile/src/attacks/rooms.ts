import { attack, type Row } from '../attack.ts';
import { RawCall, shown } from '../raw-call.ts';
import { CHAT, said } from '../requests.ts';

const MIB = 2 ** 20;
const ENDED = 'RESOURCE_EXHAUSTED, or a reset';
const SILENT = 15;
/** Far more than a server with a small heap could keep for each of them. */
const MESSAGES = 100;

/** Callers that make others wait in one room. */
export const rooms: Row[] = [
  attack({
    name: `a chat room with ${SILENT} callers that read nothing of messages of 1 MiB`,
    gets: ENDED,
    holds:
      'the room keeps 1 MiB for all of them, then it waits; who takes nothing for `--send-timeout-seconds` is put out, and reset after 5 s',
    isLong: true,
    on: 'chat',
    args: ['--room', '--send-timeout-seconds', '2'],
    async attack(attacker) {
      const session = attacker.session();
      const silent = Array.from({ length: SILENT }, () => new RawCall(session, CHAT));
      for (const [n, call] of silent.entries()) call.send(said('hello', `silent ${n}`));
      const talker = new RawCall(attacker.session({ settings: { initialWindowSize: 16 * MIB } }), CHAT).read();
      for (let n = 0; n < MESSAGES; n++) {
        talker.send(said(Buffer.alloc(MIB, 'x'), 'Ann'));
        await Promise.race([talker.drained(), talker.outcome]);
      }
      if (talker.isOver) return 'the one who talks is put out';
      const outcomes = await Promise.all(silent.map((call) => call.read().outcome));
      const others = outcomes.filter(({ status }) => status !== undefined && status !== 'RESOURCE_EXHAUSTED');
      return others.length === 0 ? ENDED : others.map(shown).join(', ');
    },
  }),
];
