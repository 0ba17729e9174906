import { test } from 'vitest';
import { checkLargeReduce } from './large-reduce.ts';

test('a large result of half a million short words comes in messages below the limit, too', () => {
  checkLargeReduce(2);
});
