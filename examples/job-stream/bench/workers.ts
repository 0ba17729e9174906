// Workers in a process of their own: `workers.ts ADDRESS COUNT [empty]`. Each has a connection; `empty` ones reply
// without doing anything. Prints the processor time that their sessions took, in seconds.
import { credentials } from '@grpc/grpc-js';
import { STREAMING } from 'grpc-streams';
import { work } from 'job-client/src/work.ts';
import { JobReply, JobServiceClient } from 'job-proto';
import { cpuSeconds } from './cpu-seconds.ts';

const [address = '', count = '1', empty] = process.argv.slice(2);
const ownConnection = { ...STREAMING, 'grpc.use_local_subchannel_pool': 1 };
let atStart = cpuSeconds();
const sessions = Array.from({ length: Number(count) }, () =>
  work(new JobServiceClient(address, credentials.createInsecure(), ownConnection), {
    print: () => {},
    onRegistered: () => {
      atStart = cpuSeconds();
    },
    interrupted: new AbortController().signal,
    ...(empty && { perform: () => [new JobReply()] }),
  }),
);
await Promise.all(sessions);
console.log(cpuSeconds() - atStart);
