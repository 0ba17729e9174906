import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { statusError, unaryCall } from '../src/index.ts';
import { kinds } from './each-kind.ts';
import { type Answer, answer, ask, soon, startService } from './test-service.ts';
import { failureOf } from './wait.ts';

describe.each(kinds)('a $kind handler', ({ handlers, start }) => {
  const notStatuses: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'password is 1234'],
    ['an error of Node with a code', Object.assign(new Error('1234'), { code: 'ENOENT', details: '1234' })],
    ['a status OK', { code: status.OK, details: '1234' }],
    ['a code that gRPC does not have', { code: 99, details: '1234' }],
    ['a code without details', { code: status.NOT_FOUND, message: '1234' }],
    ['metadata that is none', { code: status.NOT_FOUND, details: '1234', metadata: { field: 'name' } }],
  ];
  test.each(notStatuses)('that throws %s ends with UNKNOWN, and the listener gets what it threw', async (_, thrown) => {
    const heard: unknown[] = [];
    const { client } = await startService(
      handlers(() => Promise.reject(thrown)),
      {
        onError: (error) => heard.push(error),
      },
    );
    const ended = await start(client).status;
    expect(ended).toMatchObject({ code: status.UNKNOWN });
    expect(JSON.stringify(ended)).not.toContain('1234');
    expect(heard).toEqual([thrown]);
  });

  test.each([undefined, null])('that throws a status whose metadata is %s sends the status', async (metadata) => {
    const { client } = await startService(
      handlers(() => {
        throw { code: status.NOT_FOUND, details: 'none', metadata };
      }),
    );
    expect(await start(client).status).toMatchObject({ code: status.NOT_FOUND, details: 'none' });
  });

  test('that passes on the failure of another call sends it as it came', async () => {
    const metadata = new Metadata();
    metadata.set('field', 'name');
    const { client: behind } = await startService({
      say: (_, callback) => callback(statusError(status.RESOURCE_EXHAUSTED, 'full', metadata)),
    });
    const { client } = await startService(
      handlers(() => unaryCall<Answer>((done) => behind.say(ask(1), soon(), done))),
    );
    const ended = await start(client).status;
    expect(ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: 'full' });
    expect(ended.metadata.get('field')).toEqual(['name']);
  });

  test('whose error the listener fails on ends its call all the same', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const broken = new Error('the log is full');
    const { client } = await startService(
      handlers(() => Promise.reject(new Error('1234'))),
      {
        onError: () => {
          throw broken;
        },
      },
    );
    expect(await start(client).status).toMatchObject({ code: status.UNKNOWN });
    expect(log.mock.lastCall).toContain(broken);
  });

  test('whose response cannot be serialised ends with INTERNAL, and its details may be in any script', async () => {
    const { client } = await startService(
      handlers(({ trailer }) => {
        trailer.set('count', '7');
        return { ...answer(1), big: 1n } as Answer;
      }),
    );
    expect(await start(client).status).toMatchObject({ code: status.INTERNAL });
  });

  test('may use any characters in its details', async () => {
    const details = 'kein Name: ä\r\n名前 😀 100% "\u0000"';
    const { client } = await startService(handlers(() => Promise.reject({ code: status.NOT_FOUND, details })));
    expect(await start(client).status).toMatchObject({ code: status.NOT_FOUND, details });
  });
});

test('an error says its status in its message, as those of a grpc-js client do', async () => {
  const { client } = await startService({ say: (_, done) => done(statusError(status.NOT_FOUND, 'none')) });
  const failure = await failureOf(unaryCall<Answer>((done) => client.say(ask(1), soon(), done)));
  expect(statusError(status.NOT_FOUND, 'none').message).toBe((failure as Error).message);
});
