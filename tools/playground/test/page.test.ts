import { EventEmitter } from 'node:events';
import { stopLater, until } from '@grpc-by-example/testing';
import { noteOf, type TraceEvent } from 'stream-trace';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { playedExamples } from '../src/examples.ts';
import { attach } from '../src/gateway.ts';
import { Stage } from '../src/stage.ts';

/** A page whose socket takes as much as the test says. */
class Page extends EventEmitter {
  bufferedAmount = 0;
  /** Of the events their texts, and how the server stands, in the order in which it was told. */
  readonly told: (string | undefined)[] = [];

  send(text: string): void {
    const { events = [], server } = JSON.parse(text) as { events?: TraceEvent[]; server?: string };
    this.told.push(...events.map(({ text }) => text), ...(server === undefined ? [] : [server]));
  }
}

/** A page of the chat, and its stage. */
function openPage() {
  const example = playedExamples().find(({ name }) => name === 'chat');
  if (!example) throw new Error('there is no chat');
  const stage = new Stage(example);
  stopLater(() => stage.close());
  const page = new Page();
  attach(page as unknown as WebSocket, example, stage);
  stopLater(() => void page.emit('close'));
  return { page, stage };
}

test('a page that is too slow is told how much it has missed, and what comes later', async () => {
  const { page, stage } = openPage();
  const tell = (text: string) => {
    for (const member of stage.audience) member.event(noteOf('server', text));
  };
  const tells = (text: string) => until(() => page.told.includes(text));
  tell('before');
  await tells('before');
  page.bufferedAmount = 2 * 2 ** 20;
  for (let n = 0; n < 1_000; n++) tell(`missed ${n}`);
  page.bufferedAmount = 0;
  await tells('this page was too slow, and has missed 1,000 events');
  tell('after');
  await tells('after');
  expect(page.told.filter((text) => text?.startsWith('missed'))).toEqual([]);
});

test('that the server runs, or has stopped, is told after what led to it', async () => {
  const { page, stage } = openPage();
  await until(() => page.told.includes('running'));
  stage.kill();
  await until(() => page.told.at(-1) === 'stopped');
  expect(page.told.map((text) => text?.replace(/ localhost:\d+$/, ''))).toEqual([
    ...['stopped', 'starting', 'listens on', 'running', 'was killed (SIGKILL)', 'stopped'],
  ]);
});
