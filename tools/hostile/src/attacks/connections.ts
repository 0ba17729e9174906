import { attack, type Row } from '../attack.ts';
import { CLOSED, TAKEN } from '../attacker.ts';
import {
  CONTINUATION,
  callHeaders,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  header,
  LAST_KEPT,
  openCall,
  PING,
  PRIORITY,
  RST_STREAM,
  SETTINGS,
  streamId,
  uint32,
  WINDOW_UPDATE,
} from '../frames.ts';
import { bytes, message } from '../messages.ts';
import { CHAT } from '../requests.ts';

const CANCEL = 8;
const EMPTY = Buffer.of();

const openAndReset = (n: number) =>
  Buffer.concat([openCall(CHAT, streamId(n)), frame(RST_STREAM, uint32(CANCEL), { stream: streamId(n) })]);

/** Node 26 closes the connection; the ones before read on. */
const TAKEN_OR_CLOSED = `${TAKEN}, or the connection is closed (Node 26)`;
/** A server that is slower than its attacker has sent its answers, into the room that the system has for them. */
const CLOSED_OR_TAKEN = `${CLOSED}, or ${TAKEN} (on a busy machine)`;

/** Frames that cost a client little and a server much. */
export const connections: Row[] = [
  attack({
    name: 'rapid reset: 20,000 calls on a connection, each cancelled at once',
    gets: CLOSED,
    holds: 'Node lets a client reset 1,000 streams at once, and 33 a second from there',
    on: 'chat',
    attack: (attacker) => attacker.flood(attacker.raw().greet(), 20_000, openAndReset),
  }),
  attack({
    name: 'rapid reset on 10 connections, 900 calls on each',
    gets: TAKEN,
    holds: 'a call that was reset keeps nothing',
    on: 'chat',
    async attack(attacker) {
      const floods = Array.from({ length: 10 }, () => attacker.flood(attacker.raw().greet(), 900, openAndReset));
      return oneOf(await Promise.all(floods));
    },
  }),
  attack({
    name: 'resets that the server is made to send: 20,000 calls, each with a window update of 0',
    gets: CLOSED,
    holds: 'Node closes a connection after 1,000 invalid frames',
    on: 'chat',
    attack: (attacker) =>
      attacker.flood(attacker.raw().greet(), 20_000, (n) =>
        Buffer.concat([openCall(CHAT, streamId(n)), frame(WINDOW_UPDATE, uint32(0), { stream: streamId(n) })]),
      ),
  }),
  attack({
    name: 'headers that do not end: 20,000 CONTINUATION frames',
    gets: CLOSED,
    holds: 'Node bounds the headers of a call',
    on: 'chat',
    attack(attacker) {
      const connection = attacker.raw().greet();
      connection.send(frame(HEADERS, callHeaders(CHAT), { stream: 1 }));
      return attacker.flood(connection, 20_000, (n) =>
        frame(CONTINUATION, header(`x${n}`, 'y'.repeat(100)), { stream: 1 }),
      );
    },
  }),
  ...[
    { name: '100,000 PING frames, the answers unread', flooding: frame(PING, Buffer.alloc(8)) },
    { name: '100,000 SETTINGS frames, the answers unread', flooding: frame(SETTINGS, EMPTY) },
  ].map(({ name, flooding }) =>
    attack({
      name,
      gets: CLOSED_OR_TAKEN,
      holds: 'Node lets 1,000 answers wait on a connection, beside what the system has room for',
      on: 'chat',
      async attack(attacker) {
        const connection = attacker.raw().greet();
        connection.stopReading();
        const got = await attacker.flood(connection, 100_000, () => flooding);
        return got === CLOSED || got === TAKEN ? CLOSED_OR_TAKEN : got;
      },
    }),
  ),
  attack({
    name: '100,000 empty DATA frames on one call',
    gets: CLOSED,
    holds: 'Node takes 1,000 of them on a connection',
    on: 'chat',
    attack(attacker) {
      const connection = attacker.raw().greet();
      connection.send(openCall(CHAT, 1));
      return attacker.flood(connection, 100_000, () => frame(DATA, EMPTY, { stream: 1 }));
    },
  }),
  attack({
    name: '50,000 PRIORITY frames for streams that do not exist',
    gets: TAKEN_OR_CLOSED,
    holds: 'a priority keeps nothing',
    on: 'chat',
    async attack(attacker) {
      const got = await attacker.flood(attacker.raw().greet(), 50_000, (n) =>
        frame(PRIORITY, Buffer.of(0, 0, 0, 0, 9), { stream: streamId(n) }),
      );
      return got === TAKEN || got === CLOSED ? TAKEN_OR_CLOSED : got;
    },
  }),
  attack({
    name: 'an HPACK bomb: one header of 4 KB, then 16,000 references to it in each of 50 calls',
    gets: 'every call is reset',
    holds: 'Node counts the headers as they are after decompression',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw().greet();
      connection.send(frame(HEADERS, header('x', 'y'.repeat(4_000), true), { flags: END_HEADERS, stream: 1 }));
      const bomb = Buffer.concat([callHeaders(CHAT), Buffer.alloc(16_000, LAST_KEPT)]);
      for (let n = 1; n <= 50; n++) connection.send(frame(HEADERS, bomb, { flags: END_HEADERS, stream: streamId(n) }));
      const all = connection.receives(RST_STREAM, 50);
      if (await attacker.happens(Promise.race([all, connection.closed]))) {
        return connection.isClosed ? CLOSED : 'every call is reset';
      }
      return JSON.stringify([...connection.received]);
    },
  }),
  attack({
    name: 'windows that overflow',
    gets: CLOSED,
    holds: 'Node checks the windows',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw().greet();
      const most = uint32(0x7fffffff);
      connection.send(openCall(CHAT, 1), frame(WINDOW_UPDATE, most, { stream: 1 }));
      return attacker.flood(connection, 2, () => frame(WINDOW_UPDATE, most));
    },
  }),
  attack({
    name: 'a frame that is longer than it may be',
    gets: CLOSED,
    holds: 'Node takes frames of 16 KiB',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw().greet();
      return attacker.flood(connection, 1, () => frame(DATA, Buffer.alloc(20_000), { stream: 1, length: 0xffffff }));
    },
  }),
  attack({
    name: 'half a HEADERS frame, and nothing more',
    gets: 'it is waited for',
    holds: 'no more is kept than came',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw().greet();
      connection.send(openCall(CHAT, 1).subarray(0, 20));
      await attacker.waits();
      return connection.isRefused ? CLOSED : 'it is waited for';
    },
  }),
  attack({
    name: 'trailers from a client, after a message',
    gets: 'an answer',
    holds: 'they end the requests, as a half-close does',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw().greet();
      connection.send(
        openCall(CHAT, 1),
        frame(DATA, message(bytes(1, 'Ann')), { stream: 1 }),
        frame(HEADERS, header('x-late', 'y'), { flags: END_HEADERS | END_STREAM, stream: 1 }),
      );
      // Headers, the message, the status.
      const isAnswered = await attacker.happens(
        Promise.all([connection.receives(HEADERS, 2), connection.receives(DATA)]),
      );
      return isAnswered ? 'an answer' : 'nothing';
    },
  }),
  attack({
    name: 'HTTP/1.1',
    gets: CLOSED,
    holds: 'Node takes HTTP/2 alone',
    on: 'chat',
    async attack(attacker) {
      const connection = attacker.raw();
      connection.send(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
      return (await attacker.happens(connection.closed)) ? CLOSED : 'nothing';
    },
  }),
  attack({
    name: '1,000 connections that say nothing, or no more than hello, with `--max-idle-seconds 2`',
    gets: CLOSED,
    holds: '`--max-connections`, and `--max-idle-seconds`',
    on: 'chat',
    args: ['--max-idle-seconds', '2'],
    async attack(attacker) {
      const all = Array.from({ length: 1_000 }, (_, n) => (n % 2 ? attacker.raw().greet() : attacker.raw()));
      await Promise.all(all.map(({ closed }) => closed));
      return CLOSED;
    },
  }),
];

/** What happened to all of them. */
function oneOf(outcomes: readonly string[]): string {
  return [...new Set(outcomes)].join(', or ');
}
