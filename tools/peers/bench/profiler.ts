import { type Profiler, Session } from 'node:inspector';

/** A .cpuprofile of this process, such as --cpu-prof writes, but without the start and the warm-up. */
export class CpuProfiler {
  readonly #session = new Session();
  readonly #startedAt = performance.now();
  #beginMicroseconds = 0;

  /** Starts at once: on Node 20 a profiler that starts amid the work sometimes hangs, and the process with it. */
  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable', raise);
    this.#session.post('Profiler.setSamplingInterval', { interval: 500 }, raise);
    this.#session.post('Profiler.start', raise);
  }

  /** What came before is not wanted. */
  begin(): void {
    this.#beginMicroseconds = (performance.now() - this.#startedAt) * 1_000;
  }

  /** Stops, and gives the text of the profile. */
  finish(): string {
    let profile: Profiler.Profile | undefined;
    this.#session.post('Profiler.stop', (error, result) => {
      raise(error);
      profile = result.profile;
    });
    this.#session.disconnect();
    return JSON.stringify(profile && withoutStart(profile, this.#beginMicroseconds));
  }
}

function withoutStart(profile: Profiler.Profile, microseconds: number): Profiler.Profile {
  const { samples = [], timeDeltas = [], startTime } = profile;
  let first = 0;
  let time = 0;
  for (; first < samples.length && time < microseconds; first++) time += timeDeltas[first] ?? 0;
  return {
    ...profile,
    startTime: startTime + time,
    samples: samples.slice(first),
    // The first one says how long after the start its sample was taken.
    timeDeltas: [0, ...timeDeltas.slice(first + 1)],
  };
}

function raise(error: Error | null): void {
  if (error) throw error;
}
