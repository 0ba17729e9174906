import { test } from 'vitest';
import { serve } from './start.ts';
import { checkNothingIsLeft, comeAndGo, keepUp } from './subscribers.ts';

test('a thousand subscribers come and go, by cancel, kill and deadline, and leave nothing behind', async () => {
  const service = await serve({ tickMs: 100 });
  for (const count of [170, 170]) await comeAndGo(service, count);
  await checkNothingIsLeft(service);
});

test('three hundred subscribers that keep up are not given up because they are many', async () => {
  await keepUp(await serve({ patienceMs: 10_000 }), 300, 500);
});
