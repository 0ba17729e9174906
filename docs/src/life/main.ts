// A client in a process of its own, which one can kill: `main.ts PORT KIND`.
import { traceClient } from 'stream-trace';
import { connectCourse } from '../course.ts';
import { type Kind, startLife } from './client.ts';

const [port = '', kind = ''] = process.argv.slice(2);
const record = (trace: object) => process.stdout.write(`${JSON.stringify({ trace })}\n`);
const client = connectCourse(Number(port), { interceptors: [traceClient(record)] });
await startLife(client, kind as Kind, 'wait', [], Number.POSITIVE_INFINITY).underWay;
console.log('under way');
