// The specs against the solution, in this process: each task is a test here.
const before = process.env.EXERCISE;
process.env.EXERCISE = 'end';
await import('../spec/egress.spec.ts');
await import('../spec/alarms.spec.ts');
await import('../spec/slow-subscriber.spec.ts');
if (before === undefined) delete process.env.EXERCISE;
else process.env.EXERCISE = before;
