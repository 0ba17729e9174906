/** What a process used. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Starts to count; the function it gives tells what was used since. The peak is that of the process's whole life. */
export function countUsage(): () => Usage {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
  };
}
