/** The time as .NET counts it, in units of 100 ns since the year 1. It is beyond what a `number` holds exactly. */
export function dotNetTicks(milliseconds = Date.now()): string {
  return String(BigInt(milliseconds) * 10_000n + 621_355_968_000_000_000n);
}
