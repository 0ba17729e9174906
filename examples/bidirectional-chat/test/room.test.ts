import { programCommand } from '@grpc-by-example/testing';
import { expect, test } from 'vitest';
import { pasteIntoRoom } from './paste-into-room.ts';

test('all who read have all that two clients paste, in one order; who stops reading is out', async () => {
  const serverArgs = ['--send-timeout-seconds', '5'];
  const outcome = await pasteIntoRoom(programCommand, { callers: 8, lines: 20_000, stalls: true, serverArgs });
  expect(outcome.orders).toBe(1);
  expect(outcome.stalledEnds).toHaveLength(1);
  expect(['RESOURCE_EXHAUSTED', 'CANCELLED']).toContain(outcome.stalledEnds[0]);
});
