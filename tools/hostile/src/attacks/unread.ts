import { constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { attack, type Row } from '../attack.ts';
import { type Attacker, UNREAD } from '../attacker.ts';
import { bytes, message, PREFIX_BYTES } from '../messages.ts';
import { RawCall } from '../raw-call.ts';
import { CHAT, REFLECTION, said } from '../requests.ts';

const MIB = 2 ** 20;
/** Nearly as much as a message may have. */
const LARGE = said(Buffer.alloc(3.9 * MIB, 'x'));

const CALMED = 'most calls are reset, with ENHANCE_YOUR_CALM';

/** Makes 200 calls on one connection, which send this each, stay open, and read nothing. */
async function holdMuch(attacker: Attacker, sent: Buffer): Promise<string> {
  const session = attacker.session();
  const calls: RawCall[] = [];
  for (let n = 0; n < 200; n++) {
    const call = new RawCall(session, CHAT);
    calls.push(call);
    await attacker.sendAsTaken(call, 1, sent);
  }
  const calmed = () => calls.filter(({ stream }) => stream.rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM);
  while (calmed().length <= calls.length / 2) await attacker.waits();
  return CALMED;
}

/** Callers that send, and read no answers. */
export const unread: Row[] = [
  attack({
    name: '1,000 calls with 20 messages of 1 KiB each, and no window for the answers',
    gets: 'nothing',
    holds: 'a call holds up to 64 KiB to be sent, and one message; 16 messages to be read, or 1 MiB of them',
    on: 'chat',
    async attack(attacker) {
      const session = attacker.session({ settings: { initialWindowSize: 0 } });
      const messages = Array<Buffer>(20).fill(said('x'.repeat(1_024)));
      const calls = Array.from({ length: 1_000 }, () => new RawCall(session, CHAT));
      for (const call of calls) call.send(...messages);
      await attacker.waits();
      return calls.some(({ isOver }) => isOver) ? 'some calls end' : 'nothing';
    },
  }),
  attack({
    name: '4 calls with 60 messages of 3.9 MiB each, the answers unread',
    gets: UNREAD,
    holds: 'the same',
    on: 'chat',
    async attack(attacker) {
      const calls = Array.from({ length: 4 }, () => new RawCall(attacker.session(), CHAT));
      const taken = await Promise.all(calls.map((call) => attacker.sendAsTaken(call, 60, LARGE)));
      return Math.max(...taken) <= 5 ? UNREAD : `${taken} messages are read`;
    },
  }),
  attack({
    name: '1,800,000 questions to the reflection service, the answers unread',
    gets: UNREAD,
    holds: 'the same: the handlers of health and reflection run as all others',
    on: 'chat',
    async attack(attacker) {
      const questions = Buffer.alloc(63_998, message(bytes(4, 'Chat')));
      const call = new RawCall(attacker.session(), REFLECTION);
      const taken = await attacker.sendAsTaken(call, 300, questions);
      return taken <= 5 ? UNREAD : `${taken} times 64 KB are read`;
    },
  }),
  attack({
    name: 'gzip: 4 calls with 24 messages each, of 4 KB that unpack to 3.9 MiB',
    gets: UNREAD,
    holds: 'a message is unpacked when it is read; by itself grpc-js unpacks at once all that come in one piece',
    isLong: true,
    on: 'chat',
    async attack(attacker) {
      const bomb = message(gzipSync(LARGE.subarray(PREFIX_BYTES)), { isCompressed: true });
      const calls = Array.from({ length: 4 }, () => new RawCall(attacker.session(), CHAT, { 'grpc-encoding': 'gzip' }));
      for (const call of calls) call.send(...Array<Buffer>(24).fill(bomb));
      await attacker.waits();
      return calls.some(({ isOver }) => isOver) ? 'some calls end' : UNREAD;
    },
  }),
  attack({
    name: '200 calls with a message of 3.9 MiB each, the answers unread',
    gets: CALMED,
    holds: 'all calls together hold a quarter of the heap in requests: the one that holds most is reset',
    isLong: true,
    on: 'chat',
    attack: (attacker) => holdMuch(attacker, LARGE),
  }),
  attack({
    name: '200 calls with a message of 3.9 MiB each, without its last byte',
    gets: CALMED,
    holds: 'the same',
    isLong: true,
    on: 'chat',
    attack: (attacker) => holdMuch(attacker, LARGE.subarray(0, -1)),
  }),
];
