import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const base64 = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');

/** A token as NATS wants it: who issues it signs it. */
function token(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const issuedAt = Math.floor(Date.now() / 1_000);
  const claims = {
    jti: base64(subject.getPublicKey()),
    ...{ iat: issuedAt, iss: issuer.getPublicKey(), name, sub: subject.getPublicKey() },
    nats: { version: 2, ...nats },
  };
  const signed = `${base64(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))}.${base64(JSON.stringify(claims))}`;
  return `${signed}.${base64(issuer.sign(Buffer.from(signed)))}`;
}

const inFile = (jwt: string, user: KeyPair) =>
  `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n` +
  `-----BEGIN USER NKEY SEED-----\n${Buffer.from(user.getSeed())}\n------END USER NKEY SEED------\n`;

/** What an operator makes by nsc: the configuration of a server, and the credentials of a user; and those of a stranger. */
export function natsCredentials(): { config: string; credentials: string; revoked: string } {
  const [operator, account, system] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const limits = {
    ...{ subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
    ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
  };
  const ofOperator = token(operator, operator, 'operator', { type: 'operator', system_account: system.getPublicKey() });
  const ofAccount = token(operator, account, 'hub', { type: 'account', limits });
  const ofSystem = token(operator, system, 'system', { type: 'account' });
  const config = `
    operator: ${ofOperator}
    system_account: ${system.getPublicKey()}
    resolver: MEMORY
    resolver_preload: { ${account.getPublicKey()}: ${ofAccount}, ${system.getPublicKey()}: ${ofSystem} }`;
  const credentials = (issuer: KeyPair) => {
    const user = nkeys.createUser();
    const limits = { subs: -1, data: -1, payload: -1, pub: {}, sub: {} };
    return inFile(token(issuer, user, 'server', { type: 'user', ...limits }), user);
  };
  return { config, credentials: credentials(account), revoked: credentials(nkeys.createAccount()) };
}
