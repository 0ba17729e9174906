import type { ClientHttp2Session } from 'node:http2';

/** What servers have said when they closed a connection over an error: the debug data of GOAWAY. */
const farewells = new WeakMap<ClientHttp2Session, string>();

/** So much of it is kept. */
const LONGEST = 200;

/** Listens for the farewell of a connection, once for all of its calls. */
export function watchFarewell(session: ClientHttp2Session): void {
  if (farewells.has(session)) return;
  farewells.set(session, '');
  session.once('goaway', (code, _lastStream, data) => {
    if (code !== 0) farewells.set(session, data ? Buffer.from(data).toString('utf8', 0, LONGEST) : '');
  });
}

/** What the server said; empty where it said nothing, or still serves the connection. */
export function farewellOf(session: ClientHttp2Session): string {
  return farewells.get(session) ?? '';
}
