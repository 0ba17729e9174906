import { Metadata } from '@grpc/grpc-js';
import { SignJWT } from 'jose';
import { temporaryFolder } from '../files.ts';
import { startEchoServer } from '../programs.ts';
import { connect } from '../start.ts';
import { type Fault, logged, shown } from './fault.ts';

const SECRET = 'a secret of at least 32 bytes, for tests';

async function sign(expiresInSeconds: number, secret = SECRET): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInSeconds)
    .sign(Buffer.from(secret));
}

function withToken(name: string, fast: Fault['fast'], token: () => Promise<string> | undefined): Fault {
  return {
    name,
    fast,
    async run(now) {
      const { program, address } = await startEchoServer(['--jwt-secret', temporaryFolder().file('secret', SECRET)]);
      const metadata = new Metadata();
      const signed = await token();
      if (signed) metadata.set('authorization', `Bearer ${signed}`);
      now();
      const stream = connect(address).talk(metadata, { deadline: Date.now() + 8_000 });
      return { client: shown(await stream.status), server: await logged(program) };
    },
  };
}

/** Tokens that are not good, with `--jwt-secret`. */
export const tokens: Fault[] = [
  withToken('no token, with `--jwt-secret`', 'at once', () => undefined),
  withToken('a token that another secret signed', 'at once', () => sign(60, `${SECRET}!`)),
  withToken('an expired token', 'at once', () => sign(-1)),
  withToken('the token of an open stream expires', 'when it expires', () => sign(2)),
];
