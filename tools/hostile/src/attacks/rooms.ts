import { attack, type Row } from '../attack.ts';
import { RawCall, shown } from '../raw-call.ts';
import { CHAT, said } from '../requests.ts';

const MIB = 2 ** 20;
const ENDED = 'RESOURCE_EXHAUSTED, or a reset';
const SILENT = 15;
/** More than the mailbox of a silent caller holds. */
const FOR_EACH = 20;
const ENDS = 110;

/** Callers that make others wait in one room. */
export const rooms: Row[] = [
  attack({
    name: `a chat room with ${SILENT} callers that read nothing of messages of 1 MiB`,
    gets: ENDED,
    holds: 'who takes nothing is put out of the room, and reset after 5 s',
    isLong: true,
    on: 'chat',
    args: ['--room'],
    async attack(attacker) {
      const silent = attacker.session();
      const talker = new RawCall(attacker.session({ settings: { initialWindowSize: 16 * MIB } }), CHAT).read();
      const calls: RawCall[] = [];
      for (let n = 0; n < SILENT; n++) {
        const call = new RawCall(silent, CHAT);
        call.send(said('hello', `silent ${n}`));
        calls.push(call);
        await attacker.sendAsTaken(talker, FOR_EACH, said(Buffer.alloc(MIB, 'x'), 'Ann'));
      }
      await attacker.sendAsTaken(talker, ENDS, said('the end', 'Ann'));
      if (talker.isOver) return 'the one who talks is put out';
      const outcomes = await Promise.all(calls.map((call) => call.read().outcome));
      const others = outcomes.filter(({ status }) => status !== undefined && status !== 'RESOURCE_EXHAUSTED');
      return others.length === 0 ? ENDED : others.map(shown).join(', ');
    },
  }),
];
