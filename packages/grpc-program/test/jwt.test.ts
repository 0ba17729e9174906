import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { makeSigningKey, publicPart, type SigningKey, signToken } from '@grpc-by-example/certificates';
import { stopLater } from '@grpc-by-example/testing';
import { type JWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { jwtVerifier } from '../src/server/index.ts';

const SECRET = Buffer.from('a secret of at least 32 bytes, for tests');
const MINUTE_MS = 60_000;

const inAMinute = () => new Date(Date.now() + MINUTE_MS);

/** A token with just these claims. */
const of = (claims: Record<string, unknown>) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(SECRET);

const exp = () => Math.floor(Date.now() / 1_000) + 60;

const refused = (details: string) => ({ code: status.UNAUTHENTICATED, details });

describe('a token with the right signature', () => {
  const FOR_ANOTHER = 'the token is for another audience';
  const OF_ANOTHER = 'the token is of another issuer';
  const CHAT = { audience: 'chat' };
  const DOOR = { issuer: 'door' };

  test.each([
    ['for nobody in particular', {}, {}],
    ['for this audience', { aud: 'chat' }, CHAT],
    ['for this audience and others', { aud: ['bank', 'chat'] }, CHAT],
    ['of this issuer', { iss: 'door' }, DOOR],
    ['of any issuer, where none is wanted', { iss: 'window' }, {}],
  ])('is good: %s', async (_, claims, options) => {
    const verify = await jwtVerifier(SECRET, options);
    const all = { sub: 'Ann', exp: exp(), ...claims };
    expect(await verify(await of(all))).toEqual({ subject: 'Ann', claims: all, expiresAt: all.exp * 1_000 });
  });

  test.each([
    ['of another service, where no audience is wanted', { sub: 'Ann', aud: 'bank', iss: 'bank' }, {}, FOR_ANOTHER],
    ['for another audience', { aud: 'bank' }, CHAT, FOR_ANOTHER],
    ['for other audiences', { aud: ['bank', 'chat-test'] }, CHAT, FOR_ANOTHER],
    ['for nobody, where an audience is wanted', {}, CHAT, FOR_ANOTHER],
    ['of another issuer', { iss: 'window' }, DOOR, OF_ANOTHER],
    ['of nobody, where an issuer is wanted', {}, DOOR, OF_ANOTHER],
    ['without an expiry', { exp: undefined }, {}, 'the token has no expiry'],
    ['with an expiry that is text', { exp: '2999-01-01' }, {}, 'the token is not valid'],
    ['that has expired', { exp: exp() - 61 }, {}, 'the token has expired'],
    ['not valid yet', { nbf: exp() }, {}, 'the token is not valid yet'],
    ['with a subject that is no text', { sub: 5 }, {}, 'the token is not valid'],
  ])('is not good: %s', async (_, claims, options, details) => {
    const verify = await jwtVerifier(SECRET, options);
    await expect(verify(await of({ exp: exp(), ...claims }))).rejects.toMatchObject(refused(details));
  });
});

/** Tokens without a signature, or with one that public keys cannot have made, with the id of a key that is known. */
function forged({ kid, x }: JWK): [what: string, token: () => Promise<string>][] {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hmac = (key: string) =>
    new SignJWT({ exp: exp() }).setProtectedHeader({ alg: 'HS256', kid: `${kid}` }).sign(Buffer.from(key.padEnd(32)));
  return [
    ['alg none', async () => `${encoded({ alg: 'none', kid })}.${encoded({ exp: exp() })}.`],
    ['the public key taken for a secret', () => hmac(`${x}`)],
    ['the id of the key taken for a secret', () => hmac(`${kid}`)],
  ];
}

describe('a set of public keys', async () => {
  const [old, current] = [await makeSigningKey(), await makeSigningKey()];
  const keySet = { keys: [publicPart(old), publicPart(current)] };
  const verify = await jwtVerifier(keySet, { audience: 'chat' });

  test('knows the tokens of each of its keys', async () => {
    for (const key of [old, current]) {
      const token = await signToken(key, { subject: 'Ann', audience: 'chat', expiresAt: inAMinute() });
      expect(await verify(token)).toMatchObject({ subject: 'Ann', claims: { aud: 'chat' } });
    }
  });

  test.each(forged(publicPart(current)))('knows none with %s', async (_, token) => {
    await expect(verify(await token())).rejects.toMatchObject(refused('the token is not valid'));
  });

  test('knows none of another key, of another one with the same id, or of one that is not named', async () => {
    const stranger = await makeSigningKey();
    const options = { audience: 'chat', expiresAt: inAMinute() };
    const UNKNOWN = 'the token was signed with a key that this server does not know';
    await expect(verify(await signToken(stranger, options))).rejects.toMatchObject(refused(UNKNOWN));
    await expect(verify(await signToken({ ...stranger, kid: current.kid }, options))).rejects.toMatchObject(
      refused('the token is not valid'),
    );
    const { kid, ...nameless } = current;
    await expect(verify(await signToken(nameless as SigningKey, options))).rejects.toMatchObject(
      refused('the token does not say which key signed it'),
    );
  });
});

/** Serves what it is told to, and counts how often it was asked. */
async function keyServer(answer: () => { status?: number; headers?: Record<string, string>; body?: string }) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    const { status = 200, headers = {}, body = '' } = answer();
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopLater(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/jwks.json?secret=1`), asked: () => asked, server };
}

describe('keys at a URL', () => {
  test('are fetched once for any number of tokens, also of unknown keys', async () => {
    const [known, unknown] = [await makeSigningKey(), await makeSigningKey()];
    const { url, asked } = await keyServer(() => ({ body: JSON.stringify({ keys: [publicPart(known)] }) }));
    const verify = await jwtVerifier(url);
    for (const key of [known, unknown, known, unknown]) {
      const outcome = verify(await signToken(key, { subject: 'Ann', expiresAt: inAMinute() }));
      if (key === known) expect(await outcome).toMatchObject({ subject: 'Ann' });
      else await expect(outcome).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    }
    expect(asked()).toBe(1);
  });

  test.each([
    ['an error', { status: 503 }, 'HTTP status 503'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'HTTP status 302'],
    ['a page', { body: '<html>' }, 'it is no JSON Web Key Set'],
    ['no object', { body: 'null' }, 'it is no JSON Web Key Set'],
    ['no key', { body: '{"keys":[]}' }, 'there is no key in it'],
    ['a secret', { body: '{"keys":[{"kty":"oct","k":"aa"}]}' }, 'there is a private key or a secret in it'],
    ['too much', { body: ' '.repeat(2 ** 20 + 1) }, 'more than 1048576 bytes'],
  ])('are refused: %s', async (_, answer, why) => {
    const { url } = await keyServer(() => answer);
    const { origin, pathname } = url;
    await expect(jwtVerifier(url)).rejects.toThrow(new Error(`cannot get the keys at ${origin}${pathname}: ${why}`));
  });

  test('cannot be had from nobody', async () => {
    const { url, server } = await keyServer(() => ({}));
    await promisify(server.close.bind(server))();
    await expect(jwtVerifier(url)).rejects.toThrow(/^cannot get the keys at http:.*\/jwks\.json: ECONNREFUSED$/);
  });
});
