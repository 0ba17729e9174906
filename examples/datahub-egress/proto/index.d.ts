export * from './gen/index';

/**
 * A time as .NET counts it, in units of 100 ns since the year 1; a `number` would not hold it exactly.
 *
 * @param milliseconds since 1970; without it, now
 */
export function dotNetTicks(milliseconds?: number): string;
