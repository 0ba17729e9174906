import { dirname, join } from 'node:path';
import { longEnough, temporaryFolder } from '@grpc-by-example/testing';
import { CONTRACTS, STANDARD } from '../contracts.ts';
import { EXAMPLES, type Example, oneLine, ourServer, outcome, outcomeOf, start, startOurServer } from '../examples.ts';
import { type Peer, type Row, tried } from '../row.ts';
import { security, serverOptions } from '../security.ts';
import { walkthroughRows } from '../walkthrough.ts';
import { goTool, installGoTool, versionOf } from './go-tools.ts';

const GUID = '6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11';
const SUBSCRIBER = '00000000-0000-0000-0000-000000000001';
const curl = (...args: string[]) => [goTool('grpcurl'), ...args];
/** A tag to which no row sends: they run side by side. */
const QUIET_TAG = 'Quiet';
/** A call by reflection alone. */
const call = async (example: Example, method: string, data: string, ...options: string[]) =>
  compact(await outcome(curl('-plaintext', ...options, '-d', data, await ourServer(example), method)));
/** Without the spaces that JSON has for people. */
const compact = (text: string) => text.replaceAll(/(?<=[[{,]) \| | \| (?=[}\]])/g, '').replaceAll('": ', '":');

const called = (
  example: Example,
  name: string,
  method: string,
  data: object[],
  gets: string | RegExp,
  ...options: string[]
) =>
  tried(example, 'its client, our server', name, gets, () =>
    call(example, method, data.map((message) => JSON.stringify(message)).join(' '), ...options),
  );

/** What reflection tells of an example: the services, and all that they are made of. */
function reflection(example: Example): Row[] {
  const services = Object.keys(CONTRACTS[example]);
  const methods = Object.values(CONTRACTS[example]).flat();
  return [
    tried(
      example,
      'its client, our server',
      'list',
      `${[...services, ...STANDARD].sort().join(' | ')}, exit 0`,
      async () => outcome(curl('-plaintext', await ourServer(example), 'list')),
    ),
    tried(example, 'its client, our server', 'describe', methods.sort().join('\n'), async () => {
      const address = await ourServer(example);
      const described = await Promise.all(
        [...services, ...STANDARD].map((service) => outcome(curl('-plaintext', address, 'describe', service))),
      );
      const types = new Set(described.join(' ').match(/(?<=[( ]\.)[\w.]+(?= )/g));
      for (const type of types) {
        const told = await outcome(curl('-plaintext', address, 'describe', type));
        if (!told.startsWith(`${type} is a message:`)) return `${type}: ${told}`;
      }
      const ours = described.slice(0, services.length).join(' ');
      return (ours.match(/rpc .*?;/g) ?? []).sort().join('\n');
    }),
    called(
      example,
      'health',
      'grpc.health.v1.Health/Check',
      [{ service: services[0] }],
      '{"status":"SERVING"}, exit 0',
    ),
  ];
}

/** A conversation whose input stays open until so much was heard. */
async function talk(example: Example, method: string, says: string, hears: RegExp, server?: string): Promise<string> {
  const program = start(curl('-plaintext', '-d', '@', server ?? (await ourServer(example)), method));
  program.type(says);
  await program.prints(hears);
  program.endInput();
  return compact(await outcomeOf(program));
}

const sam = { name: 'Sam', message: 'Hi' };
const SAM = '"Sam: Hi", exit 0';
const overTls = async (how: 'TLS' | 'mutual TLS' | 'token', ...options: string[]) => {
  const { address } = await startOurServer('chat', ...(await serverOptions(how)));
  return outcome(curl('-cacert', (await security()).ca, ...options, '-d', JSON.stringify(sam), address, 'Chat/chat'));
};

const chat: Row[] = [
  called('chat', 'call', 'Chat/chat', [sam, { name: 'Ann', message: 'Hey' }], '"Sam: Hi" | "Ann: Hey", exit 0'),
  tried('chat', 'its client, our server', 'one at a time', SAM, () =>
    talk('chat', 'Chat/chat', JSON.stringify(sam), /Sam: Hi/),
  ),
  tried('chat', 'its client, our server', 'unknown method', /does not include a method named "nope", exit 1$/, () =>
    call('chat', 'Chat/nope', '{}'),
  ),
  tried('chat', 'its client, our server', 'TLS', SAM, () => overTls('TLS')),
  tried('chat', 'its client, our server', 'mutual TLS', SAM, async () => {
    const { clientCert, clientKey } = await security();
    return overTls('mutual TLS', '-cert', clientCert, '-key', clientKey);
  }),
  tried('chat', 'its client, our server', 'token', SAM, async () =>
    overTls('token', '-H', `authorization: Bearer ${(await security()).token}`),
  ),
  tried('chat', 'its client, our server', 'no token', /code = Unauthenticated .* this server requires a token/, () =>
    overTls('token'),
  ),
  tried('chat', 'its client, our server', 'Unix socket', SAM, async () => {
    const socket = join(temporaryFolder(), 'chat.sock');
    await startOurServer('chat', '--host', `unix:${socket}`);
    return outcome(curl('-plaintext', '-unix', '-d', JSON.stringify(sam), socket, 'Chat/chat'));
  }),
];

const calls: Row[] = [
  tried('calc', 'its client, our server', 'sum', '"9223372036854775807", exit 0', () =>
    call('calc', 'StreamingCalcService/sum', '"9223372036854775806" 1'),
  ),
  tried('calc', 'its client, our server', 'incremental sum', '"1" | "3" | "6", exit 0', () =>
    call('calc', 'StreamingCalcService/incrementalSum', '1 2 3'),
  ),
  tried('calc', 'its client, our server', 'overflow', /Code: OutOfRange \| Message: .*value 2.*exit 75$/, () =>
    call('calc', 'StreamingCalcService/sum', '"9223372036854775807" 1'),
  ),
  called(
    'call',
    'call',
    'grpc.testing.Phone/StreamCall',
    [{ phoneNumber: '94771234567' }],
    /^{"callState":{"state":"NEW"}} \| {"callInfo":{"sessionId":"\d+","media":"https:\/\/link\.to\.audio\.resources"}} \| {"callState":{"state":"ACTIVE"}} \| {"callState":{"state":"ENDED"}}, exit 0$/,
  ),
  called(
    'call',
    'bad number',
    'grpc.testing.Phone/StreamCall',
    [{ phoneNumber: 'x' }],
    /Code: InvalidArgument \| Message: phone_number must be/,
  ),
  called(
    'datahub',
    'unary',
    'MsgBroker.Ingest/SendDataPackage',
    [{ telemetryGuid: GUID, trackingGuid: GUID, tagName: 'A', tagValue: ['1', '2'] }],
    new RegExp(`^{"isSuccess":true,"trackingGuid":"${GUID}","dataPackageCount":"2","timeStamp":"[^"]+Z"}, exit 0$`),
  ),
  called(
    'datahub',
    'client streaming',
    'MsgBroker.Ingest/SendDataPackagesStream',
    ['1', '2', '3'].map((tagValue) => ({ telemetryGuid: GUID, trackingGuid: GUID, tagName: 'A', tagValue })),
    /"dataPackageCount":"3"/,
  ),
  tried(
    'datahub',
    'its client, our server',
    'server streaming',
    new RegExp(
      `^({"IsSuccess":true,"trackingGuid":"${SUBSCRIBER}","tagName":"${QUIET_TAG}","tagValue":"\\d+","position":"[\\w-]+.\\d+"} \\| )+cancelled`,
    ),
    async () => {
      const data = JSON.stringify({ tagName: QUIET_TAG, trackingGuid: SUBSCRIBER });
      const program = start(
        curl('-plaintext', '-d', data, await ourServer('datahub'), 'MsgBroker.Egress/GetDataPackagesStream'),
      );
      await program.prints(/IsSuccess[^}]*}\s/);
      program.signal('SIGINT');
      return `${compact(oneLine(program.stdout))} | cancelled (${await program.ended})`;
    },
  ),
  tried('datahub', 'its client, our server', 'deadline', /IsSuccess.*Code: DeadlineExceeded.*exit 68$/, () => {
    const data = JSON.stringify({ tagName: QUIET_TAG, trackingGuid: SUBSCRIBER });
    const subscribe = (seconds: number) =>
      call('datahub', 'MsgBroker.Egress/GetDataPackagesStream', data, '-max-time', `${seconds}`);
    return longEnough(subscribe, (text) => text.includes('IsSuccess'));
  }),
  called(
    'datahub',
    'bad GUID',
    'MsgBroker.Ingest/SendDataPackage',
    [{ telemetryGuid: 'x', trackingGuid: GUID, tagName: 'A', tagValue: ['1'] }],
    /Code: InvalidArgument \| Message: telemetryGuid must be a GUID/,
  ),
  tried('message', 'its client, our server', 'call', /^({"message":"Hello, world!"}( \| )?){2,}, exit 0$/, () =>
    talk(
      'message',
      'messages.MessageService/StreamMessages',
      '{"name":"Hello, world!"}',
      /Hello, world!(.|\n)*Hello, world!/,
    ),
  ),
  tried(
    'job',
    'its client, our server',
    'take a job and leave',
    /^{"job":{"id":"map-1","attempt":1,"map":{"text":".+","partitions":4}}}, exit 0$/,
    async () =>
      talk(
        'job',
        'jobs.JobService/StreamJobs',
        '',
        /"partitions"[^}]*}\s*}\s*}\s/,
        (await startOurServer('job')).address,
      ),
  ),
];

export const grpcurl: Peer = {
  name: 'grpcurl',
  title: () => `grpcurl: ${versionOf('grpcurl')}, by reflection alone`,
  needs: [['Go', 'go', 'version']],
  prepare: () => installGoTool('grpcurl'),
  rows: [...EXAMPLES.flatMap(reflection), ...chat, ...calls, ...walkthroughRows('grpcurl', dirname(goTool('grpcurl')))],
};
