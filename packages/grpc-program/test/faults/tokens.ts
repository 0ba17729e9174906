import { randomUUID } from 'node:crypto';
import { signToken } from '@grpc-by-example/certificates';
import { temporaryFiles } from '../files.ts';
import { startEchoServer } from '../programs.ts';
import { connect, named } from '../start.ts';
import { type Fault, isCall, logged, PATIENT, shown } from './fault.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

/** A token that expires at a whole second, as tokens do: so many seconds from now, or up to a second more. */
const sign = (seconds: number, secret = SECRET) =>
  signToken(Buffer.from(secret), { expiresAt: new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000) });

let starting: ReturnType<typeof startEchoServer> | undefined;

function withToken(name: string, fast: Fault['fast'], token: () => Promise<string> | undefined): Fault {
  return {
    name,
    fast,
    async run(now) {
      // One server for all of them.
      starting ??= startEchoServer([...PATIENT, '--jwt-secret', temporaryFiles().file('secret', SECRET)]);
      const { program, address } = await starting;
      const id = randomUUID();
      const metadata = named(id);
      now();
      const signed = await token();
      if (signed) metadata.set('authorization', `Bearer ${signed}`);
      const stream = connect(address).talk(metadata);
      return { client: shown(await stream.status), server: await logged(program, isCall(id)) };
    },
  };
}

/** Tokens that are not good, with `--jwt-secret`. */
export const tokens: Fault[] = [
  withToken('no token, with `--jwt-secret`', 'at once', () => undefined),
  withToken('a token that another secret signed', 'at once', () => sign(60, `${SECRET}!`)),
  withToken('an expired token', 'at once', () => sign(-2)),
  withToken('the token of an open stream expires', 'when it expires', () => sign(1)),
];
