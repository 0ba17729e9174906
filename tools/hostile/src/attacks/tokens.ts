import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http2';
import { join } from 'node:path';
import { attack, type Row } from '../attack.ts';
import { ask, RawCall, shown } from '../raw-call.ts';
import { dataPackage, REFLECTION, SEND_PACKAGE, SUBSCRIBE, subscription } from '../requests.ts';

const SECRET_FILE = join(import.meta.dirname, 'secret.txt');
const SECRET = readFileSync(SECRET_FILE, 'utf8').trim();
const MINUTE = 60;

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);

interface Forgery {
  readonly header?: object;
  readonly secret?: string;
  readonly hash?: string;
}

function jwt(claims: object, { header = { alg: 'HS256' }, secret = SECRET, hash = 'sha256' }: Forgery = {}): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** The metadata of a call with this token. */
const withToken = (token: string) => ({ authorization: `Bearer ${token}` });

/** Tokens that let nobody in. */
function forged(): Record<string, string> {
  const claims = { exp: now() + MINUTE };
  return {
    'of another secret': jwt(claims, { secret: 'x'.repeat(40) }),
    'of an empty secret': jwt(claims, { secret: '' }),
    'without a signature': jwt(claims).replace(/[^.]*$/, ''),
    'alg none': jwt(claims, { header: { alg: 'none' } }).replace(/[^.]*$/, ''),
    HS512: jwt(claims, { header: { alg: 'HS512' }, hash: 'sha512' }),
    'RS256, by the secret': jwt(claims, { header: { alg: 'RS256' } }),
    'a critical extension': jwt(claims, { header: { alg: 'HS256', crit: ['x'], x: 1 } }),
    'a payload as it is': jwt(claims, { header: { alg: 'HS256', crit: ['b64'], b64: false } }),
    expired: jwt({ exp: now() - 1 }),
    'not yet valid': jwt({ ...claims, nbf: now() + MINUTE }),
    'an expiry that is text': jwt({ exp: 'x' }),
    'an expiry before 1970': jwt({ exp: -1 }),
    'a list of claims': jwt([]),
    'without an expiry': jwt({}),
    'for another audience': jwt({ ...claims, aud: 'another' }),
    '50 KB': 'a'.repeat(50_000),
    empty: '',
  };
}

const WANTS_TOKENS = { on: 'datahub', args: ['--jwt-secret', SECRET_FILE] } as const;

/** What callers without the secret try, on a server that wants tokens. */
export const tokens: Row[] = [
  attack({
    ...WANTS_TOKENS,
    name: 'tokens that are forged in 17 ways, and none',
    gets: 'UNAUTHENTICATED, each time',
    holds: 'only HS256 of the secret is taken',
    async attack(attacker) {
      const session = attacker.session();
      const send = async (headers: OutgoingHttpHeaders) => ask(session, SEND_PACKAGE, dataPackage, headers);
      const good = await send(withToken(jwt({ exp: now() + MINUTE })));
      if (good.status !== 'OK') return `even a good token gets ${shown(good)}`;
      const tries = Object.entries(forged()).map(async ([name, token]) => ({
        name,
        ...(await send(withToken(token))),
      }));
      tries.push(send({}).then((outcome) => ({ name: 'none', ...outcome })));
      const others = (await Promise.all(tries)).filter(({ status }) => status !== 'UNAUTHENTICATED');
      const told = others.map((outcome) => `${outcome.name}: ${shown(outcome)}`).join(', ');
      return told || 'UNAUTHENTICATED, each time';
    },
  }),
  attack({
    ...WANTS_TOKENS,
    name: 'paths that look like that of the health service, and reflection, without a token',
    gets: 'UNIMPLEMENTED, or UNAUTHENTICATED',
    holds: 'a path is compared as a whole',
    async attack(attacker) {
      const session = attacker.session();
      const paths = [
        `/grpc.health.v1.Health/../..${SEND_PACKAGE}`,
        `/grpc.health.v1.Health/Check/..${SEND_PACKAGE}`,
        `${SEND_PACKAGE}?x=/grpc.health.v1.Health/`,
        `/${SEND_PACKAGE}`,
        REFLECTION,
        REFLECTION.replace('.v1.', '.v1alpha.'),
      ];
      const outcomes = await Promise.all(paths.map((path) => ask(session, path, dataPackage)));
      const good = outcomes.filter(({ status = '' }) => !/^(UNIMPLEMENTED|UNAUTHENTICATED)$/.test(status));
      return good.length === 0 ? 'UNIMPLEMENTED, or UNAUTHENTICATED' : good.map(shown).join(', ');
    },
  }),
  attack({
    ...WANTS_TOKENS,
    name: 'an open stream that reads nothing, to go on when its token has expired',
    gets: 'UNAUTHENTICATED: the token has expired, or a reset',
    holds: 'the status waits 5 s behind what its client does not read',
    async attack(attacker) {
      const session = attacker.session({ settings: { initialWindowSize: 0 } });
      const call = new RawCall(session, SUBSCRIBE, withToken(jwt({ exp: now() + 2 })));
      call.send(subscription);
      const { status = 'a reset' } = await call.outcome;
      const isRefused = status === 'UNAUTHENTICATED' || status === 'a reset';
      return isRefused ? 'UNAUTHENTICATED: the token has expired, or a reset' : status;
    },
  }),
];
