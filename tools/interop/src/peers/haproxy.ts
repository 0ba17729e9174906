import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryFolder } from '@grpc-by-example/testing';
import { PEERS } from '../build.ts';
import { start } from '../examples.ts';
import {
  idleRow,
  noReplicaRow,
  proxyRows,
  type StartProxy,
  smallMessagesRow,
  takesConnections,
} from '../proxy-rows.ts';
import type { Peer } from '../row.ts';
import { security } from '../security.ts';
import { unpackDebian } from '../unpack-debian.ts';

const EXAMPLE = join(PEERS, 'haproxy/haproxy.cfg');

let haproxy = 'haproxy';
let libraries: string | undefined;

const startHaproxy: StartProxy = async (servers, { isImpatient = false, usesTls = false } = {}) => {
  const folder = temporaryFolder();
  const port = await freePort();
  const [first, second = first] = servers;
  const { serverCert, serverKey } = await security();
  const both = join(folder, 'both.pem');
  writeFileSync(both, `${readFileSync(serverCert, 'utf8')}\n${readFileSync(serverKey, 'utf8')}`);
  const configuration = readFileSync(EXAMPLE, 'utf8')
    .replace('127.0.0.1:9090', `127.0.0.1:${first?.port}`)
    .replace('127.0.0.1:9190', `127.0.0.1:${second?.port}`)
    .replace(
      'bind 127.0.0.1:8080 proto h2',
      `bind 127.0.0.1:${port} ${usesTls ? `ssl crt ${both} alpn h2` : 'proto h2'}`,
    )
    .replaceAll(/timeout (client|server) 1h/g, (line) => (isImpatient ? line.replace('1h', '50s') : line));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration);
  const env = libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries };
  await takesConnections(start([haproxy, '-f', file], { env }), port);
  return `localhost:${port}`;
};

export const haproxyPeer: Peer = {
  name: 'haproxy',
  title: () => 'HAProxy: between our clients and two replicas',
  needs: [],
  async prepare() {
    if (spawnSync('haproxy', ['-v']).status === 0) return;
    const folder = await unpackDebian('haproxy', [
      'haproxy',
      'liblua5.3-0',
      'libopentracing-c-wrapper0',
      'libopentracing1',
    ]);
    haproxy = join(folder, 'usr/sbin/haproxy');
    const lib = join(folder, 'usr/lib');
    libraries = readdirSync(lib)
      .map((name) => join(lib, name))
      .find((path) => existsSync(join(path, 'liblua5.3.so.0')));
  },
  // More than the 50 s of Debian's file.
  rows: [
    idleRow(startHaproxy, 55),
    smallMessagesRow(startHaproxy, { mayStop: true }),
    noReplicaRow(startHaproxy),
    ...proxyRows(startHaproxy, { mayRefuse: true }),
  ],
};
