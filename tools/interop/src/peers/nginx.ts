import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryFolder } from '@grpc-by-example/testing';
import { PEERS } from '../build.ts';
import { start } from '../examples.ts';
import {
  frozenRows,
  idleRow,
  longStreamRow,
  noReplicaRow,
  proxyRows,
  type StartProxy,
  smallMessagesRow,
  takesConnections,
} from '../proxy-rows.ts';
import type { Peer } from '../row.ts';
import { security } from '../security.ts';
import { unpackDebian } from '../unpack-debian.ts';

const EXAMPLE = join(PEERS, 'nginx/example.conf');
const SETTINGS = join(PEERS, 'nginx/grpc-streams.conf');

let nginx = 'nginx';

const startNginx: StartProxy = async (servers, { isImpatient = false, usesTls = false } = {}) => {
  const folder = temporaryFolder();
  const port = await freePort();
  const [first, second = first] = servers;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const { serverCert, serverKey } = await security();
  const settings = isImpatient ? '' : `include ${SETTINGS};`;
  const tls = usesTls ? `ssl_certificate ${serverCert}; ssl_certificate_key ${serverKey};` : '';
  const configuration = `
    daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
    events {}
    http {
      access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      ${readFileSync(EXAMPLE, 'utf8')
        .replace('127.0.0.1:9090', `127.0.0.1:${first?.port}`)
        .replace('127.0.0.1:9190', `127.0.0.1:${second?.port}`)
        .replace('listen 8080 http2;', `listen 127.0.0.1:${port} http2${usesTls ? ' ssl' : ''};`)
        .replace('include grpc-streams.conf;', `${settings} ${tls}`)}
    }`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration);
  await takesConnections(start([nginx, '-p', folder, '-c', file]), port);
  return `localhost:${port}`;
};

export const nginxPeer: Peer = {
  name: 'nginx',
  title: () => 'nginx: between our clients and two replicas',
  needs: [],
  async prepare() {
    if (spawnSync('nginx', ['-v']).status === 0) return;
    nginx = join(await unpackDebian('nginx', ['nginx']), 'usr/sbin/nginx');
  },
  // More than the 60 s that nginx waits by default.
  rows: [
    idleRow(startNginx, 65),
    ...frozenRows(startNginx, 65),
    longStreamRow(startNginx),
    smallMessagesRow(startNginx),
    noReplicaRow(startNginx),
    ...proxyRows(startNginx),
  ],
};
