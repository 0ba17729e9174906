import { expect, test } from 'vitest';
import { dotNetTicks } from '../index.js';

test('the ticks of .NET are exact to the last digit', () => {
  expect(dotNetTicks(0)).toBe('621355968000000000');
  expect(dotNetTicks(Date.UTC(2000, 0))).toBe('630822816000000000'); // new DateTime(2000, 1, 1).Ticks
  expect(dotNetTicks(Date.UTC(2024, 1, 29, 12, 34, 56, 789))).toBe('638448068967890000');
  expect(dotNetTicks(-62_135_596_800_000)).toBe('0');
});
