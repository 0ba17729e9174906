import { expect } from 'vitest';
import { asArguments, newAuthority, type Pair } from '../certificates.ts';
import { logLines, runProgram, startEchoServer } from '../programs.ts';
import { clientLine, type Fault, logged, PATIENT } from './fault.ts';

type Authority = Awaited<ReturnType<typeof newAuthority>>;
type Options = Record<string, string> | Pair;

/** A handshake that fails; what each side has for it, of two CAs. */
function handshake(
  name: string,
  optionsOf: (ours: Authority, others: Authority) => Promise<readonly [server: Options, client: Options]>,
): Fault {
  return {
    name,
    fast: 'at once',
    async run() {
      const [server, client] = await optionsOf(await newAuthority(), await newAuthority());
      const { program, address } = await startEchoServer([...PATIENT, ...asArguments({ ...server })]);
      const line = await clientLine(['--address', address, ...asArguments({ ...client }), 'hello']);
      if (Object.keys(server).length === 0) {
        // It has seen an HTTP/2 connection that was none.
        expect(program.stderr).toBe('');
        return { client: line, server: 'logs nothing' };
      }
      const inLog = await logged(program, ({ msg }) => `${msg}`.startsWith('TLS'));
      // Of a client that has left, the address is gone.
      const peer = expect.stringMatching(/^((127\.0\.0\.1|::1):\d+|unknown)$/);
      // The client may have tried again by now.
      for (const line of logLines(program)) expect(line).toMatchObject({ level: 'warn', peer });
      return { client: line, server: inLog };
    },
  };
}

/** Certificates that do not fit. */
export const tls: Fault[] = [
  handshake('plain text to a TLS server', async (ours) => [await ours.server(), {}]),
  handshake('TLS to a plain-text server', async ({ tlsCa }) => [{}, { tlsCa }]),
  handshake('the client knows another CA', async (ours, { tlsCa }) => [await ours.server(), { tlsCa }]),
  handshake('no client certificate, with `--tls-client-ca`', async ({ server, tlsCa }) => [
    { ...(await server()), tlsClientCa: tlsCa },
    { tlsCa },
  ]),
  handshake('a client certificate of another CA', async ({ server, tlsCa }, others) => [
    { ...(await server()), tlsClientCa: tlsCa },
    { tlsCa, ...(await others.client()) },
  ]),
  {
    name: 'the certificate of the server has expired',
    fast: 'at once',
    async run() {
      const { server } = await newAuthority();
      const pair = await server({ until: new Date(Date.UTC(2026, 0, 31)) });
      const { exit, stdout, stderr } = await runProgram('echo-server', asArguments(pair));
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
      return { client: '–', server: `prints “${stderr.trim().replace(pair.tlsCert, '<file>')}”, exits ${exit}` };
    },
  },
];
