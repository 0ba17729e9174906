// So many subscribers that stop reading after the first tick: `slow-subscribers.ts ADDRESS SUBSCRIBERS`.
import { randomUUID } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import { EgressClient, RequestGetDataPackage } from 'datahub-proto';

const [address = '', count = ''] = process.argv.slice(2);
let waiting = Number(count);
for (let n = Number(count); n > 0; n--) {
  const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new EgressClient(address, credentials.createInsecure(), ownConnection);
  const request = new RequestGetDataPackage().setTagname('slow').setTrackingguid(randomUUID());
  const call = client.getDataPackagesStream(request);
  call.once('data', () => {
    call.pause();
    if (--waiting === 0) console.log('all subscribed');
  });
}
