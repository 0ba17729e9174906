import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Identity, makeAuthority, makeClientIdentity, makeServerIdentity } from '@grpc-by-example/certificates';
import { builtNatsServer, NatsServer, natsUsers, stopLater, temporaryFolder, until } from '@grpc-by-example/testing';
import { ServerProgram } from '@grpc-by-example/testing/program-tests';
import { expect, type TestContext, test } from 'vitest';
import { cancel, DataHubPeer, ingested, positionOf, sent } from './datahub-peer.ts';
import { natsCredentials } from './nats-credentials.ts';

const program = new ServerProgram('datahub-server', join(import.meta.dirname, '..'));

function inFile(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

/** Starts a broker with this configuration. */
const start = async (context: TestContext, config: string) =>
  NatsServer.configured(await builtNatsServer(context), config);

/** Two servers with these options are one hub. */
async function isOneHub(...options: string[]): Promise<void> {
  const peers: DataHubPeer[] = [];
  for (let n = 0; n < 2; n++) {
    const { port } = await program.startOnFreePort('--log-level', 'warn', ...options);
    const peer = new DataHubPeer(port);
    stopLater(() => peer.close());
    peers.push(peer);
  }
  const [one, other] = peers as [DataHubPeer, DataHubPeer];
  const subscriber = await one.subscribed();
  expect(await other.send({ ...sent(), tagValue: ['A01', 'A02'] })).toMatchObject({ dataPackageCount: '2' });
  await until(() => ingested(subscriber).length === 2);
  await cancel(subscriber);
}

/** What a server says that does not start. */
async function refusal(...options: string[]): Promise<string> {
  const { exit, stdout, stderr } = await program.run('--port', '0', ...options);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr.trimEnd();
}

test('a user and a password, or a token, in the URL; wrong ones are told, and not repeated', async (context) => {
  const users = await start(context, 'authorization { user: "hub", password: "p@ss/word" }');
  const place = `127.0.0.1:${users.port}`;
  await isOneHub('--broker', `nats://hub:p%40ss%2Fword@${place}`);
  const refused = `Error: the NATS server at ${place} refused the credentials; see --broker and --broker-credentials`;
  expect(await refusal('--broker', `nats://hub:secret@${place}`)).toBe(refused);
  expect(await refusal('--broker', `nats://${place}`)).toBe(refused);
  const token = await start(context, 'authorization { token: "s3cret" }');
  await isOneHub('--broker', `nats://s3cret@127.0.0.1:${token.port}`);
});

test('credentials in a file', async (context) => {
  const { config, credentials, revoked } = natsCredentials();
  const nats = await start(context, config);
  await isOneHub('--broker', nats.url, '--broker-credentials', inFile('hub.creds', credentials));
  expect(await refusal('--broker', nats.url, '--broker-credentials', inFile('other.creds', revoked))).toContain(
    'refused the credentials',
  );
  expect(await refusal('--broker', nats.url, '--broker-credentials', inFile('no.creds', 'garbage'))).toMatch(
    /^Error: the file of --broker-credentials does not contain credentials of NATS: .*no\.creds$/,
  );
});

test('TLS, and client certificates', async (context) => {
  const authority = await makeAuthority();
  const tomorrow = new Date(Date.now() + 86_400_000);
  const written = ({ cert, key }: Identity) => ({ cert: inFile('cert.pem', cert), key: inFile('key.pem', key) });
  const server = written(await makeServerIdentity(authority, ['localhost', '127.0.0.1'], tomorrow));
  const client = written(await makeClientIdentity(authority, tomorrow));
  const ca = inFile('ca.pem', authority.cert);
  const otherCa = inFile('ca.pem', (await makeAuthority()).cert);
  const tls = `cert_file: "${server.cert}", key_file: "${server.key}"`;
  const nats = await start(context, `tls { ${tls} }`);
  const url = `tls://localhost:${nats.port}`;
  await isOneHub('--broker', url, '--broker-ca', ca);
  expect(await refusal('--broker', url, '--broker-ca', otherCa)).toMatch(/^Error: no NATS server at localhost:\d+: .*/);
  expect(await refusal('--broker', url)).toMatch(/^Error: no NATS server at localhost:\d+: .*/);

  const mutual = await start(context, `tls { ${tls}, ca_file: "${ca}", verify: true }`);
  const mutualUrl = `tls://localhost:${mutual.port}`;
  await isOneHub('--broker', mutualUrl, '--broker-ca', ca, '--broker-cert', client.cert, '--broker-key', client.key);
  expect(await refusal('--broker', mutualUrl, '--broker-ca', ca)).toMatch(
    /^Error: no NATS server at localhost:\d+: .*/,
  );

  const plain = await start(context, '');
  expect(await refusal('--broker', `tls://localhost:${plain.port}`)).toMatch(/^Error: no NATS server at .*tls/);
});

test('a user with what the course allows is enough; one with less is told', async (context) => {
  const nats = await start(context, natsUsers());
  const replica = async (user: string) => {
    const { server, port } = await program.startOnFreePort('--log-level', 'warn', '--broker', nats.urlOf(user));
    const peer = new DataHubPeer(port, true);
    stopLater(() => peer.close());
    return { server, peer };
  };
  const stream = 'the stream "datahub" of the broker cannot be used: ';
  const see = 'see "What the broker has to allow" in docs/from-one-process-to-many.md';
  expect(await refusal('--broker', nats.urlOf('datahub'))).toBe(
    `Error: ${stream}it is not there, and the user of --broker may not publish to $JS.API.STREAM.CREATE.datahub; ${see}`,
  );
  expect(await refusal('--broker', nats.urlOf('chat'))).toMatch(
    /^Error: .* the user of --broker may not publish to datahub\.\*, \$JS\.API\.STREAM\.INFO\.datahub, .*; see /,
  );
  const { server: admin } = await replica('admin');
  admin.signal('SIGTERM');
  expect(await admin.ended).toBe(0);

  const [one, other] = [await replica('datahub'), await replica('datahub')];
  const lost = await one.peer.subscribed();
  await other.peer.send({ ...sent(), tagValue: ['1', '2'] });
  await until(() => ingested(lost).length === 2);
  one.server.signal('SIGKILL');
  await lost.status;
  await other.peer.send({ ...sent(), tagValue: ['3'] });
  const back = await other.peer.subscribed({ after: positionOf(lost) });
  await until(() => ingested(back).length === 1);
  await nats.kill();
  await until(() => other.server.stderr.includes('the broker is away'));
  await nats.startAgain();
  while (!(await other.peer.send({ ...sent(), tagValue: ['4'] }).catch(() => undefined)));
  await until(() => ingested(back).at(-1) === '4');
  expect(ingested(back)).toEqual(['3', '4']);
  await cancel(back);
  other.server.signal('SIGTERM');
  expect(await other.server.ended).toBe(0);
  expect(other.server.stderr).not.toContain('refuses');
});

test('a broker without JetStream, and what is no broker', async (context) => {
  const path = await builtNatsServer(context);
  const bare = await NatsServer.start(path, ['--jetstream=false']);
  expect(await refusal('--broker', bare.url)).toMatch(
    /^Error: the NATS server at 127\.0\.0\.1:\d+ has no JetStream .*; start it with -js$/,
  );
  const { port } = await program.startOnFreePort();
  expect(await refusal('--broker', `nats://127.0.0.1:${port}`)).toMatch(
    /^Error: no NATS server at 127\.0\.0\.1:\d+: .*/,
  );
});

test('the payload limit of a broker is told in words, and its absence in the log', async (context) => {
  const nats = await start(context, 'max_payload: 10000');
  const { server, port } = await program.startOnFreePort('--log-level', 'warn', '--broker', nats.url);
  const peer = new DataHubPeer(port);
  stopLater(() => peer.close());
  await expect(peer.send({ ...sent(), tagValue: ['small', 'x'.repeat(20_000)] })).rejects.toMatchObject({
    details: expect.stringMatching(/^a message of 20\d\d\d bytes is too large for the broker, which takes 10000$/),
  });

  await nats.kill();
  await until(() => server.stderr.includes('the broker is away'));
  await nats.startAgain();
  await until(() => server.stderr.includes('the broker is back'));
});
