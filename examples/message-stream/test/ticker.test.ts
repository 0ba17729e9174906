import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the tickers of the server and the client are one and the same', () => {
  const [server, client] = ['server', 'client'].map((side) =>
    readFileSync(join(import.meta.dirname, '..', side, 'src/ticker.ts'), 'utf8'),
  );
  expect(client).toBe(server);
});
