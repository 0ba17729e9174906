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
  readonly events: TraceEvent[] = [];

  send(text: string): void {
    this.events.push(...((JSON.parse(text) as { events?: TraceEvent[] }).events ?? []));
  }
}

test('a page that is too slow is told how much it has missed, and what comes later', async () => {
  const example = playedExamples().find(({ name }) => name === 'chat');
  if (!example) throw new Error('there is no chat');
  const stage = new Stage(example);
  stopLater(() => stage.close());
  const page = new Page();
  attach(page as unknown as WebSocket, example, stage);
  stopLater(() => void page.emit('close'));
  const tell = (text: string) => {
    for (const member of stage.audience) member.event(noteOf('server', text));
  };
  const told = () => page.events.map(({ text }) => text);
  tell('before');
  await until(() => told().includes('before'));
  page.bufferedAmount = 2 * 2 ** 20;
  for (let n = 0; n < 1_000; n++) tell(`missed ${n}`);
  page.bufferedAmount = 0;
  await until(() => told().some((text) => text === 'this page was too slow, and has missed 1,000 events'));
  tell('after');
  await until(() => told().includes('after'));
  expect(told().filter((text) => text?.startsWith('missed'))).toEqual([]);
});
