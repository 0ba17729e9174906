import { join } from 'node:path';
import { WHAT_IFS } from '@grpc-by-example/demo/what-if';
import { stalePicture } from 'stream-trace/testing';
import { expect, test } from 'vitest';

const unseen = { title() {}, draw() {}, flush() {} };

test.concurrent.each([
  ['slow-reader', 'A handler waits for a client that does not read'],
  ['server-stop', 'A server stops while a call is open'],
] as const)('the picture of %s is drawn from a call', async (name, title) => {
  const events = await WHAT_IFS[name](unseen);
  expect(
    stalePicture(join(import.meta.dirname, `../pictures/${name}.svg`), { title, events }, { isAboutWaiting: true }),
  ).toEqual([]);
});
