// Subscribers of one tag and a sender, in a process of their own, so that one clock tells when a package was sent and
// when the last subscriber had it: `hub-client.ts ADDRESS SUBSCRIBERS PACKAGES` prints what it measured as JSON. Of
// several addresses with commas, the subscribers are spread over all, and the sender calls the first.
import { randomUUID } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import {
  EgressClient,
  IngestClient,
  RequestGetDataPackage,
  RequestSendDataPackageStream,
  type ResponseSendDataPackage,
} from 'datahub-proto';
import { clientStreamingCall, STREAMING, serverStreamingCall } from 'grpc-streams';

const ROUND_TRIPS = 200;
const CONNECTIONS = 4;
const TAG = 'bench';

const [addresses = '', subscriberCount = '', packageCount = ''] = process.argv.slice(2);
const servers = addresses.split(',');
const subscribers = Number(subscriberCount);
const packages = Number(packageCount);

let received = 0;
let enough = { count: 0, reached: () => {} };

/** Resolves when all subscribers together have received so many packages. */
function receivedInAll(count: number): Promise<void> {
  received = 0;
  return new Promise((reached) => {
    enough = { count, reached };
  });
}

async function read(client: EgressClient, trackingGuid: string, onSubscribed: () => void): Promise<void> {
  const request = new RequestGetDataPackage().setTagname(TAG).setTrackingguid(trackingGuid);
  for await (const dataPackage of serverStreamingCall(client.getDataPackagesStream(request)).responses) {
    if (!dataPackage.getIssuccess()) throw new Error(dataPackage.getLasterror());
    if (dataPackage.getTrackingguid() === trackingGuid)
      onSubscribed(); // a tick; the first one says so
    else if (++received === enough.count) enough.reached();
  }
}

const ownConnection = { ...STREAMING, 'grpc.use_local_subchannel_pool': 1 };
const clients = Array.from(
  { length: CONNECTIONS },
  (_, n) => new EgressClient(servers[n % servers.length] ?? '', credentials.createInsecure(), ownConnection),
);
await Promise.all(
  Array.from({ length: subscribers }, (_, n) => {
    const client = clients[n % CONNECTIONS] as EgressClient;
    return new Promise<void>((resolve) => void read(client, randomUUID(), resolve));
  }),
);

const sender = new IngestClient(servers[0] ?? '', credentials.createInsecure(), STREAMING);
const ingest = clientStreamingCall<RequestSendDataPackageStream, ResponseSendDataPackage>((callback) =>
  sender.sendDataPackagesStream(callback),
);
const guids = { telemetry: randomUUID(), tracking: randomUUID() };
const dataPackage = (value: number) =>
  new RequestSendDataPackageStream()
    .setTelemetryguid(guids.telemetry)
    .setTrackingguid(guids.tracking)
    .setTagname(TAG)
    .setTagvalue(String(value));

const start = performance.now();
const all = receivedInAll(packages * subscribers);
for (let n = 0; n < packages; n++) await ingest.send(dataPackage(n));
await all;
const seconds = (performance.now() - start) / 1_000;

const milliseconds: number[] = [];
for (let n = 0; n < ROUND_TRIPS; n++) {
  const last = receivedInAll(subscribers);
  const sent = performance.now();
  await ingest.send(dataPackage(n));
  await last;
  milliseconds.push(performance.now() - sent);
}
ingest.halfClose();
const accepted = (await ingest.response).getDatapackagecount();
if (accepted !== packages + ROUND_TRIPS) throw new Error(`${accepted} packages accepted`);

milliseconds.sort((a, b) => a - b);
const percentile = (share: number) => milliseconds[Math.floor(share * milliseconds.length)];
console.log(
  JSON.stringify({ perSecond: packages / seconds, p50: percentile(0.5), p99: percentile(0.99), sent: accepted }),
);
process.exit(); // its subscriptions have no end
