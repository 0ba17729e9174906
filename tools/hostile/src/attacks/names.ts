import { attack, type Row } from '../attack.ts';
import type { Attacker } from '../attacker.ts';
import { bytes, message, number } from '../messages.ts';
import { ask, RawCall, shown } from '../raw-call.ts';
import { HEALTH_CHECK, HEALTH_WATCH, JOBS } from '../requests.ts';

/** Nearly as much as a message may have. */
const LONG = 3.9 * 2 ** 20;
const longName = (n: number) => `${n}`.padEnd(LONG, 'x');

/** 4 KiB, and the sign that more was there. */
const LONGEST_DETAILS = 4_096 + 1;

const LOST = ', and takes the other calls of its connection with it';

/** A call with this request, beside another one on the same connection, and what becomes of both. */
async function besideAnother(attacker: Attacker, path: string, request: Buffer): Promise<string> {
  const session = attacker.session();
  const other = new RawCall(session, HEALTH_WATCH).read();
  other.stream.end(message(Buffer.of()));
  await other.answered();
  const outcome = await ask(session, path, message(request));
  const later = await ask(session, HEALTH_CHECK, message(Buffer.of()));
  const { status, details } = outcome;
  const isCut = details.length > 100 && details.length <= LONGEST_DETAILS;
  const told = isCut ? `${status}, its details cut to 4 KiB` : shown(outcome);
  return `${told}${other.isOver || later.status !== 'OK' ? LOST : ''}`;
}

/** Requests with names that are as long as a message may be. */
export const names: Row[] = [
  attack({
    name: 'the health of a service whose name has 3.9 MiB',
    gets: 'NOT_FOUND: this server has no such service',
    holds: 'a status repeats nothing of a request',
    on: 'chat',
    attack: (attacker) => besideAnother(attacker, HEALTH_CHECK, bytes(1, longName(1))),
  }),
  attack({
    name: 'the result of a job whose id has 3.9 MiB',
    gets: 'INVALID_ARGUMENT, its details cut to 4 KiB',
    holds: 'the status of any call is cut to what a header holds',
    on: 'jobs',
    attack: (attacker) => besideAnother(attacker, JOBS, bytes(2, Buffer.concat([bytes(1, longName(1)), number(2, 1)]))),
  }),
  attack({
    name: '150 names of 3.9 MiB, each of another service, whose health is watched',
    gets: 'SERVICE_UNKNOWN, each time',
    holds: 'a name that is not served is not kept',
    isLong: true,
    on: 'chat',
    async attack(attacker) {
      const session = attacker.session();
      let answered = 0;
      for (let n = 0; n < 150; n++) {
        const call = new RawCall(session, HEALTH_WATCH).read();
        call.stream.end(message(bytes(1, longName(n))));
        await Promise.race([call.answered(), call.outcome]);
        if (call.received > 0) answered += 1;
        call.stream.close();
      }
      return answered === 150 ? 'SERVICE_UNKNOWN, each time' : `${answered} answers`;
    },
  }),
];
