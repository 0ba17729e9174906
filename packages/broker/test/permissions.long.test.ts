import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { builtNatsServer, NatsServer, natsUsers, stopLater, temporaryFolder, until } from '@grpc-by-example/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats } from '@nats-io/transport-node';
import { expect, type TestContext, test } from 'vitest';
import { connectLog, connectRelay } from '../src/index.ts';
import { INBOXES, ofLog, ofRelay } from '../src/permissions.ts';
import { noted, numbers, Reader } from './readers.ts';
import { type Note, notes } from './start.ts';

const start = async (context: TestContext, config: string) =>
  NatsServer.configured(await builtNatsServer(context), config);

const warnings: string[] = [];
const warn = (told: string) => warnings.push(told);
const openLog = (url: string) => connectLog<Note>(url, {}, { name: 'datahub', kind: notes, warn });
const openRelay = (url: string, forgetMs?: number) =>
  connectRelay<Note>(url, {}, { name: 'chat', kind: notes, warn }, forgetMs);
const note = (text: string): Note => ({ topic: '', text });

/** What an operator does: makes the streams as the servers would. */
async function makeStreams(nats: NatsServer): Promise<void> {
  for (const open of [openLog, openRelay]) await (await open(nats.urlOf('admin'))).close();
}

/** A user that may do this. */
const user = (name: string, publish: readonly string[], subscribe: string) =>
  `{ user: ${name}, password: secret, permissions: { publish: ${JSON.stringify(publish)}, subscribe: "${subscribe}" } }`;

test('the page allows what is asked for, and nothing else', () => {
  const patterns = [...natsUsers().matchAll(/"(.*)"/g)].map(([, pattern]) => pattern);
  expect(patterns).toEqual([...ofLog('datahub'), INBOXES, ...ofRelay('chat'), INBOXES]);
});

test('with what the page allows, all is well: subscribers that are slow or come back, wills, a broker that is killed', async (context) => {
  const nats = await start(context, natsUsers());
  await makeStreams(nats);
  warnings.length = 0;

  const log = await openLog(nats.urlOf('datahub'));
  stopLater(() => log.close());
  const [quick, slow] = [await Reader.on(log, 'topic'), await log.subscribe('topic')];
  await log.publishAll(noted('topic', numbers(0, 3_000)));
  await until(() => quick.notes.length === 3_000);
  const taken: string[] = [];
  const reading = (async () => {
    for await (const { text } of slow.messages) taken.push(text);
  })();
  await until(() => taken.length === 3_000);
  await log.publishAll(noted('other', ['x']));
  await until(() => Number(quick.subscription.position.split('.')[1]) > 3_000);
  const back = await Reader.on(log, 'topic', { after: quick.notes[2_999]?.position });
  await until(() => Number(back.subscription.position.split('.')[1]) > 3_000);

  const [one, two, gone] = await Promise.all([1, 2, 3].map(() => openRelay(nats.urlOf('chat'), 6_000)));
  const heard: string[] = [];
  let gaps = 0;
  stopLater(() => one?.close());
  stopLater(() => two?.close());
  one?.start({
    async take({ text }) {
      heard.push(text);
    },
    onGap: () => {
      gaps += 1;
    },
  });
  two?.start({ async take() {}, onGap() {} });
  gone?.start({ async take() {}, onGap() {} });
  await gone?.send(note('here'), undefined, { key: 0, message: note('left') });

  await nats.kill();
  await until(() => warnings.length >= 4);
  await nats.startAgain();
  await until(() => warnings.length >= 8);
  const publish = () => log.publishAll(noted('topic', ['again'])).catch(() => 0);
  while ((await publish()) === 0) await delay(100);
  await until(() => [quick, back].every(({ texts }) => texts.at(-1) === 'again') && taken.at(-1) === 'again');
  await two?.send(note('again'));
  await gone?.close();
  await until(() => heard.includes('left'));
  expect(heard).toEqual(['here', 'again', 'left']);
  expect(gaps).toBe(0);
  slow.leave();
  slow.messages.end();
  await reading;
  expect(nats.log).not.toMatch(/violation/i);
});

test('what is not allowed is told at the start, all of it', async (context) => {
  const cases = [
    ...ofLog('datahub').map((missing) => ({ open: openLog, all: ofLog('datahub'), missing })),
    ...ofRelay('chat').map((missing) => ({ open: openRelay, all: ofRelay('chat'), missing })),
  ];
  const users = cases.map(({ all, missing }, n) =>
    user(
      `u${n}`,
      all.filter((one) => one !== missing),
      INBOXES,
    ),
  );
  const nats = await start(
    context,
    `authorization { users: [ { user: admin, password: secret }, ${[
      ...users,
      user('deaf', ofLog('datahub'), 'nothing'),
      user('none', ['nothing'], 'nothing'),
      user('datahub', ofLog('datahub'), INBOXES),
      user('chat', ofRelay('chat'), INBOXES),
    ].join(', ')} ] }`,
  );
  const see = '; see "What the broker has to allow" in docs/from-one-process-to-many.md';
  const of = (stream: string) => `the stream "${stream}" of the broker cannot be used: `;
  for (const [stream, open] of [
    ['datahub', openLog],
    ['chat', openRelay],
  ] as const)
    await expect(open(nats.urlOf(stream))).rejects.toThrow(
      `${of(stream)}it is not there, and the user of --broker may not publish to $JS.API.STREAM.CREATE.${stream}${see}`,
    );
  await makeStreams(nats);
  for (const [n, { open, missing }] of cases.entries())
    await expect(open(nats.urlOf(`u${n}`)), missing).rejects.toThrow(
      `${of(open === openLog ? 'datahub' : 'chat')}the user of --broker may not publish to ${missing}${see}`,
    );
  await expect(openLog(nats.urlOf('deaf'))).rejects.toThrow(
    `${of('datahub')}the user of --broker may not subscribe to _INBOX.>${see}`,
  );
  await expect(openRelay(nats.urlOf('none'))).rejects.toThrow(
    `${of('chat')}the user of --broker may not publish to ${ofRelay('chat').join(', ')}, nor subscribe to _INBOX.>${see}`,
  );
});

test('what is no longer allowed is told when it is tried', async (context) => {
  const config = join(temporaryFolder(), 'nats.conf');
  const allow = (publish: readonly string[]) =>
    writeFileSync(
      config,
      `authorization { users: [ { user: admin, password: secret }, ${user('datahub', publish, INBOXES)} ] }`,
    );
  allow(ofLog('datahub'));
  const nats = await NatsServer.start(await builtNatsServer(context), ['--config', config]);
  await makeStreams(nats);
  warnings.length = 0;
  const log = await openLog(nats.urlOf('datahub'));
  stopLater(() => log.close());
  const open = await Reader.on(log, 'other');
  allow(ofLog('datahub').filter((one) => !/^datahub|CONSUMER/.test(one)));
  nats.signal('SIGHUP');
  await until(() => nats.log.includes('Reloaded server configuration'));
  await expect(log.publishAll(noted('topic', ['1']))).rejects.toMatchObject({
    details: 'the broker does not let this server publish: nothing of this call was accepted',
  });
  expect(warnings).toEqual([expect.stringMatching(/^the broker refuses: Permissions Violation for Publish to /)]);
  const reader = await Reader.on(log, 'topic');
  await Promise.all([open.ended, reader.ended]);
  for (const { subscription } of [open, reader])
    expect(subscription.reason).toMatch(/^the broker refuses: Permissions Violation .*CONSUMER\./);
});

test('a stream that is not there is made by a user that may', async (context) => {
  const config = `authorization { users: [ ${user('datahub', [...ofLog('datahub'), '$JS.API.STREAM.CREATE.datahub'], INBOXES)}, { user: admin, password: secret } ] }`;
  const nats = await start(context, config);
  await (await openLog(nats.urlOf('datahub'))).close();
  const connection = await connectNats({
    servers: nats.urlOf('admin').replace(/.*@/, ''),
    user: 'admin',
    pass: 'secret',
  });
  const { config: made } = await (await jetstreamManager(connection)).streams.info('datahub');
  expect(made).toMatchObject({ subjects: ['datahub.*'], allow_direct: true });
  await connection.close();
});
