// A client in a process of its own: `main.ts JOB`, a job as JSON. A line on its standard input says that the handler is
// in the middle of it. Prints what it sees of its call, as JSON.
import { once } from 'node:events';
import { loadStack } from '../load-stack.ts';
import type { ClientJob } from './remote-client.ts';

const { stack, port, kind, plan } = JSON.parse(process.argv[2] ?? '') as ClientJob;
const during = once(process.stdin, 'data').then(() => {});
const connection = (await loadStack(stack)).connect(port);
const seen = await connection.call(kind, plan, during);
process.stdout.write(JSON.stringify(seen), () => process.exit());
