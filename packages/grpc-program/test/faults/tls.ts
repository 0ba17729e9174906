import { type Authority, makeAuthority } from '../certificates.ts';
import { shortLived, temporaryFolder } from '../files.ts';
import { runProgram, startEchoServer } from '../programs.ts';
import { clientLine, type Fault, logged } from './fault.ts';

const authority = makeAuthority('Test CA');
const stranger = makeAuthority('Another CA');

let files = 0;

function pair({ cert, key }: { cert: string; key: string }): string[] {
  const { file } = temporaryFolder();
  return ['--tls-cert', file('cert.pem', cert), '--tls-key', file('key.pem', key)];
}

const ca = ({ cert }: Authority) => temporaryFolder().file(`ca-${++files}.pem`, cert);
const server = () => pair(authority.issue('server'));
const mutual = () => [...server(), '--tls-client-ca', ca(authority)];
const trusting = () => ['--tls-ca', ca(authority)];

function handshake(name: string, serverArgs: () => string[], clientArgs: () => string[], logs = true): Fault {
  return {
    name,
    fast: 'at once',
    async run(now) {
      const { program, address } = await startEchoServer(serverArgs());
      now();
      const client = await clientLine(['--address', address, ...clientArgs(), 'hello']);
      return { client, server: logs ? await logged(program, 'TLS') : 'logs nothing' };
    },
  };
}

/** Certificates that do not fit. */
export const tls: Fault[] = [
  handshake('plain text to a TLS server', server, () => []),
  handshake('TLS to a plain-text server', () => [], trusting, false),
  handshake('the client knows another CA', server, () => ['--tls-ca', ca(stranger)]),
  handshake('no client certificate, with `--tls-client-ca`', mutual, trusting),
  handshake('a client certificate of another CA', mutual, () => [...trusting(), ...pair(stranger.issue('uninvited'))]),
  {
    name: 'the certificate of the server has expired',
    fast: 'at once',
    async run() {
      const args = pair(await shortLived(authority, new Date(Date.UTC(2026, 0, 31))));
      const { exit, stderr } = await runProgram('echo-server', args);
      return { client: '–', server: `prints “${stderr.trim().replace(/\/\S+/, '<file>')}”, exits ${exit}` };
    },
  },
];
