import { expect, test } from 'vitest';
import { Scheduler } from '../src/scheduling/scheduler.ts';

/** A scheduler that these workers have joined. */
function schedule(phases: string[][], workers: string[], done: string[] = []): Scheduler<string> {
  const scheduler = new Scheduler<string>(phases, (id) => done.includes(id));
  for (const worker of workers) scheduler.join(worker);
  return scheduler;
}

test('each worker gets another job, in order, and each job is done once', () => {
  const scheduler = schedule([['a', 'b']], ['x', 'y']);
  expect(scheduler.next('x')).toEqual({ id: 'a', attempt: 1 });
  expect(scheduler.next('y')).toEqual({ id: 'b', attempt: 1 });
  expect(scheduler.succeed('a')).toBe(true);
  expect(scheduler).toMatchObject({ doneCount: 1, total: 2, over: false });
  expect(scheduler.succeed('b')).toBe(true);
  expect(scheduler).toMatchObject({ doneCount: 2, over: true, failure: undefined });
  expect(scheduler.next('x')).toBeUndefined();
});

test('a phase begins when every job of the one before it is done', () => {
  const scheduler = schedule([['map-1', 'map-2'], ['reduce-1']], ['x', 'y', 'z']);
  scheduler.next('x');
  scheduler.next('y');
  scheduler.succeed('map-2');
  expect(scheduler.next('y')).toEqual({ id: 'map-1', attempt: 2 });
  expect(scheduler.next('z')).toBeUndefined();
  scheduler.succeed('map-1');
  expect(scheduler.next('z')).toEqual({ id: 'reduce-1', attempt: 1 });
});

test('what was done before is not done again, and a phase that was done is passed over', () => {
  const scheduler = schedule(
    [
      ['map-1', 'map-2'],
      ['reduce-1', 'reduce-2'],
    ],
    ['x'],
    ['map-1', 'map-2', 'reduce-1'],
  );
  expect(scheduler.doneCount).toBe(3);
  expect(scheduler.next('x')).toEqual({ id: 'reduce-2', attempt: 1 });
  expect(schedule([['map-1'], ['reduce-1']], [], ['map-1', 'reduce-1']).over).toBe(true);
});

test('the job of a worker that is lost goes to another one', () => {
  const scheduler = schedule([['a', 'b']], ['x', 'y']);
  scheduler.next('x');
  scheduler.next('y');
  scheduler.leave('x');
  scheduler.succeed('b');
  expect(scheduler.next('y')).toEqual({ id: 'a', attempt: 2 });
});

test('a job that takes too long goes to another worker too; the first result counts', () => {
  const scheduler = schedule([['a', 'b']], ['slow', 'y']);
  scheduler.next('slow');
  scheduler.expire('a', 'slow');
  expect(scheduler.next('y')).toEqual({ id: 'b', attempt: 1 });
  scheduler.succeed('b');
  expect(scheduler.next('y')).toEqual({ id: 'a', attempt: 2 });
  expect(scheduler.succeed('a')).toBe(true);
  expect(scheduler.succeed('a')).toBe(false);
  expect(scheduler.over).toBe(true);
});

test('a late result of a job that nobody has taken again counts', () => {
  const scheduler = schedule([['a']], ['slow']);
  scheduler.next('slow');
  scheduler.expire('a', 'slow');
  expect(scheduler.succeed('a')).toBe(true);
  expect(scheduler.over).toBe(true);
});

test('when nothing is pending, an idle worker gets a copy of the job that has run longest; a third does not', () => {
  const scheduler = schedule([['a', 'b', 'c']], ['w', 'x', 'y', 'z']);
  scheduler.next('w');
  scheduler.next('x');
  scheduler.next('y');
  expect(scheduler.next('z')).toEqual({ id: 'a', attempt: 2 });
  scheduler.succeed('c');
  expect(scheduler.next('y')).toEqual({ id: 'b', attempt: 2 });
  scheduler.join('v');
  expect(scheduler.next('v')).toBeUndefined();
  // Of two workers at a job one may be lost: the other one is still at it.
  scheduler.leave('w');
  scheduler.succeed('b');
  expect(scheduler.next('v')).toEqual({ id: 'a', attempt: 3 });
});

test('a worker gets no copy of its own job', () => {
  const scheduler = schedule([['a']], ['x']);
  scheduler.next('x');
  expect(scheduler.next('x')).toBeUndefined();
});

test('a job that failed three times fails the run, which names the job and the last reason', () => {
  const scheduler = schedule([['a']], ['x', 'y', 'z']);
  for (const [worker, why] of [
    ['x', 'no memory'],
    ['y', 'no disk'],
    ['z', 'no time'],
  ] as const) {
    expect(scheduler.failure).toBeUndefined();
    expect(scheduler.next(worker)?.id).toBe('a');
    scheduler.fail('a', worker, why);
  }
  expect(scheduler).toMatchObject({ over: true, failure: 'a failed 3 times, last with: no time' });
  expect(scheduler.next('x')).toBeUndefined();
});

test('a worker that fails a job and comes back, again and again, does not fail the run while there is another one', () => {
  const scheduler = schedule([['a', 'b']], ['good']);
  expect(scheduler.next('good')?.id).toBe('a');
  for (let n = 1; n <= 20; n++) {
    scheduler.join(`broken ${n}`);
    expect(scheduler.next(`broken ${n}`)?.id).toBe('b');
    scheduler.fail('b', `broken ${n}`, 'always');
    scheduler.leave(`broken ${n}`);
  }
  expect(scheduler.failure).toBeUndefined();
  scheduler.succeed('a');
  expect(scheduler.next('good')?.id).toBe('b');
  scheduler.fail('b', 'good', 'this one too');
  expect(scheduler.failure).toBe('b failed 21 times, last with: this one too');
});

test('a worker does not try again what it has failed while there is another one; then it may', () => {
  const scheduler = schedule([['a', 'b']], ['broken', 'good']);
  scheduler.next('broken');
  scheduler.fail('a', 'broken', 'always');
  expect(scheduler.next('broken')?.id).toBe('b');
  scheduler.fail('b', 'broken', 'always');
  expect(scheduler.next('broken')).toBeUndefined();
  expect(scheduler.next('good')?.id).toBe('a');
  scheduler.leave('good');
  expect(scheduler.next('broken')?.id).toBe('b');
});

test('being lost or late is no failure: however often, the run goes on', () => {
  const scheduler = schedule([['a']], []);
  for (let n = 1; n <= 20; n++) {
    scheduler.join(`lost ${n}`);
    expect(scheduler.next(`lost ${n}`)).toEqual({ id: 'a', attempt: 2 * n - 1 });
    scheduler.join(`late ${n}`);
    scheduler.leave(`lost ${n}`);
    expect(scheduler.next(`late ${n}`)).toEqual({ id: 'a', attempt: 2 * n });
    scheduler.expire('a', `late ${n}`);
  }
  expect(scheduler).toMatchObject({ over: false, failure: undefined });
});

test('a failure of a job that is done meanwhile is harmless', () => {
  const scheduler = schedule([['a', 'b']], ['x', 'y']);
  scheduler.next('x');
  scheduler.expire('a', 'x');
  scheduler.succeed('a');
  for (let n = 0; n < 5; n++) scheduler.fail('a', 'x', 'late');
  expect(scheduler.failure).toBeUndefined();
  expect(scheduler.next('y')?.id).toBe('b');
});
