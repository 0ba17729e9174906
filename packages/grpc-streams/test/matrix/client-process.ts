// A client in a process of its own:
//   node --import tsx client-process.ts <a job as JSON>
// A line on its standard input says that the handler is in the middle of it. Prints what it sees of its call, as JSON.
import { once } from 'node:events';
import type { ClientJob } from './remote-client.ts';
import type { Stack } from './stack.ts';

const { module, port, kind, plan } = JSON.parse(process.argv[2] ?? '') as ClientJob;
const { stack } = (await import(module)) as { stack: Stack };
const during = once(process.stdin, 'data').then(() => {});
const connection = stack.connect(port);
const seen = await connection.call(kind, plan, during);
process.stdout.write(JSON.stringify(seen), () => process.exit());
