import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@grpc-by-example/testing';
import { build, buildFolder, PEERS } from '../build.ts';
import { type Example, ourServer, outcome, startOurServer } from '../examples.ts';
import { type Language, languageRows } from '../language.ts';
import { type Peer, type Row, tried } from '../row.ts';
import { security, serverOptions } from '../security.ts';
import { type GoTool, goTool, installGoTool, versionOf } from './go-tools.ts';

const FOLDER = join(PEERS, 'go');
const PROGRAM = join(buildFolder('go'), 'peer');
const TOOLS: readonly GoTool[] = ['grpc-health-probe', 'ghz'];

const language: Language = {
  client: (address, example, ...cases) => [PROGRAM, 'client', address, example, ...cases],
  server: (...mode) => [PROGRAM, 'server', ...mode],
  worker: (address) => [PROGRAM, 'worker', address],
  countsPings: true,
  stopped: /^Sam: Hi ! Error: UNAVAILABLE: .*, exit 1$/,
};

const SERVING = /status: SERVING.*, exit 0$/;
/** By default it gives up after 1 s, as beside a server that stalls. */
const PATIENT = ['-connect-timeout', '60s', '-rpc-timeout', '60s'];
const probe = (address: string, ...options: string[]) =>
  outcome([goTool('grpc-health-probe'), '-addr', address, ...PATIENT, ...options]);

const probes: Row[] = [
  tried('chat', 'its client, our server', 'grpc-health-probe', SERVING, async () =>
    probe(await ourServer('chat'), '-service', 'Chat'),
  ),
  tried('chat', 'its client, our server', 'grpc-health-probe over mutual TLS', SERVING, async () => {
    const { ca, clientCert, clientKey } = await security();
    const { address } = await startOurServer('chat', ...(await serverOptions('mutual TLS')));
    const identity = ['-tls-client-cert', clientCert, '-tls-client-key', clientKey];
    return probe(address, '-tls', '-tls-ca-cert', ca, ...identity);
  }),
  tried(
    'chat',
    'its client, our server',
    'grpc-health-probe for an unknown service',
    /NotFound.*, exit \d+$/,
    async () => probe(await ourServer('chat'), '-service', 'Nope'),
  ),
];

const CALLS = 200;

/** Many calls at once, found by reflection; each must end with OK. */
function load(example: Example, call: string, data: unknown): Row {
  return tried(example, 'its client, our server', 'ghz', `${CALLS} OK`, async () => {
    const { stdout, stderr } = await run([
      ...[goTool('ghz'), '--insecure', '--call', call, '--data', JSON.stringify(data), '--format', 'json'],
      ...['--total', `${CALLS}`, '--concurrency', '10', await ourServer(example)],
    ]);
    if (!stdout.startsWith('{')) return `${stdout}${stderr}`;
    const { statusCodeDistribution } = JSON.parse(stdout) as { statusCodeDistribution: Record<string, number> };
    return Object.entries(statusCodeDistribution)
      .map(([status, count]) => `${count} ${status}`)
      .join(', ');
  });
}

const GUID = '6f2f5c2e-31aa-4a0f-93e1-0b2f5b1f9c11';
const loads: Row[] = [
  load('chat', 'Chat.chat', [{ name: 'Sam', message: 'Hi' }]),
  load('datahub', 'MsgBroker.Ingest.SendDataPackage', {
    telemetryGuid: GUID,
    trackingGuid: GUID,
    tagName: 'ghz',
    tagValue: ['1'],
  }),
];

export const go: Peer = {
  name: 'go',
  title: () => {
    const version = readFileSync(join(FOLDER, 'go.mod'), 'utf8').match(/google\.golang\.org\/grpc v(\S+)/)?.[1];
    return `Go: grpc-go ${version}, ${TOOLS.map((tool) => `${tool} ${versionOf(tool)}`).join(', ')}`;
  },
  needs: [['Go', 'go', 'version']],
  async prepare() {
    await build(['go', 'generate', '.'], { cwd: FOLDER });
    await build(['go', 'build', '-o', PROGRAM, '.'], { cwd: FOLDER });
    for (const tool of TOOLS) await installGoTool(tool);
  },
  rows: [...languageRows(language), ...probes, ...loads],
};
