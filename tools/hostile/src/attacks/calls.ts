import { attack, type Row } from '../attack.ts';
import type { Attacker } from '../attacker.ts';
import { bytes, message } from '../messages.ts';
import { ask, RawCall, shown } from '../raw-call.ts';
import { CHAT, JOBS, said } from '../requests.ts';

const HELLO = said('hello');
const MIB = 2 ** 20;
const UNREADABLE =
  'INVALID_ARGUMENT: a request cannot be read: it is no message of this method, or its text is not UTF-8';

/** One call of the chat, and how it ends. */
async function say(attacker: Attacker, request: Buffer, headers = {}): Promise<string> {
  return shown(await ask(attacker.session(), CHAT, request, headers));
}

/** Calls that are wrong in what they say. */
export const calls: Row[] = [
  attack({
    name: 'metadata of 200 headers',
    gets: 'a reset',
    holds: 'Node takes 128 headers, of 64 KiB each',
    on: 'chat',
    attack: (attacker) =>
      say(attacker, HELLO, Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`h${n}`, 'v'.repeat(300)]))),
  }),
  attack({
    name: 'a message that says it has 4 GiB',
    gets: 'RESOURCE_EXHAUSTED: Received message larger than max (4294967295 vs 4194304)',
    holds: '`--max-message-mib`, before any of it is read',
    on: 'chat',
    attack: (attacker) => say(attacker, message(Buffer.of(1, 2), { length: 0xffffffff })),
  }),
  attack({
    name: 'messages that say they have 3.9 MiB, of which ten bytes come, in 1,000 calls',
    gets: 'they are waited for',
    holds: 'no more is kept than came',
    on: 'chat',
    async attack(attacker) {
      const session = attacker.session();
      const all = Array.from({ length: 1_000 }, () => new RawCall(session, CHAT));
      for (const call of all) call.send(message(Buffer.alloc(10), { length: 3.9 * MIB }));
      await attacker.waits();
      return all.some(({ isOver }) => isOver) ? 'some calls end' : 'they are waited for';
    },
  }),
  attack({
    name: 'a message marked as compressed, with no encoding named',
    gets: 'INTERNAL: a request is marked as compressed, but grpc-encoding names no compression',
    holds: 'the call alone fails',
    on: 'chat',
    attack: (attacker) => say(attacker, message(bytes(1, 'Ann'), { isCompressed: true })),
  }),
  attack({
    name: 'text that is not UTF-8',
    gets: UNREADABLE,
    holds: 'the call alone fails',
    on: 'chat',
    attack: (attacker) => say(attacker, message(bytes(1, Buffer.of(0xff, 0xed, 0xa0, 0x80, 0xc0)))),
  }),
  attack({
    name: '1,200,000 fields that the contract does not know, in one message',
    gets: 'OK',
    holds: 'they are skipped',
    on: 'chat',
    attack: (attacker) => say(attacker, message(Buffer.alloc(3_600_000, Buffer.of(0xa0, 0x06, 0x01)))),
  }),
  attack({
    name: '2,000,000 empty `bytes` fields, in one message',
    gets: UNREADABLE,
    holds: 'a message has 65,536 of them at most: each costs 110 bytes of memory',
    on: 'jobs',
    attack: async (attacker) =>
      shown(await ask(attacker.session(), JOBS, message(bytes(2, bytes(4, Buffer.alloc(4_000_000, bytes(1, ''))))))),
  }),
  attack({
    name: 'groups, 1,000,000 deep',
    gets: UNREADABLE,
    holds: 'the call alone fails',
    on: 'chat',
    attack: (attacker) => say(attacker, message(Buffer.alloc(1_000_000, 0x63))),
  }),
  attack({
    name: 'a content type that is not gRPC',
    gets: 'HTTP 415',
    holds: 'it is looked at first',
    on: 'chat',
    attack: (attacker) => say(attacker, HELLO, { 'content-type': 'text/html' }),
  }),
  attack({
    name: 'GET instead of POST',
    gets: 'HTTP 405',
    holds: 'it is looked at first',
    on: 'chat',
    attack: (attacker) => say(attacker, HELLO, { ':method': 'GET' }),
  }),
  attack({
    name: 'a deadline in 11,000 years',
    gets: 'OK',
    holds: 'no timer is longer than Node can have',
    on: 'chat',
    attack: (attacker) => say(attacker, HELLO, { 'grpc-timeout': '99999999H' }),
  }),
];
