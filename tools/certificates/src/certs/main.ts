// Makes certificates for development: `pnpm certs --help`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import {
  flawOfAuthority,
  type Identity,
  makeAuthority,
  makeClientIdentity,
  makeServerIdentity,
} from '../certificates.ts';
import { newCommand, OperatorError, runCommand, wholeNumber } from '../command-line.ts';
import { OPEN, SECRET, writeAnew } from '../write-anew.ts';

const DAY_MS = 86_400_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

const command = newCommand(
  'certs',
  'Makes a CA, and certificates that it signs for a server and a client, for development.',
)
  .argument('[folder]', 'where to write them', 'certs')
  .option('--name <host>', 'another name or address of the server; may be repeated', hostNames)
  .option('--days <n>', 'how many days the certificates are valid; 0 for expired ones', wholeNumber(0, 3_650), 365)
  .option('--force', 'make a new CA even if there is one')
  .action(async (folder, { name = [], days, force }) => {
    const { authority, isNew } = await authorityOf(folder, force === true);
    const names = [...new Set([...LOOPBACK, ...name])];
    const until = new Date(Date.now() + days * DAY_MS);
    const server = await makeServerIdentity(authority, names, until);
    const client = await makeClientIdentity(authority, until);
    if (isNew) await write(folder, 'ca', authority);
    await write(folder, 'server', server);
    await write(folder, 'client', client);
    const day = until.toISOString().slice(0, 10);
    console.log(
      [
        `${join(folder, 'ca.pem')}: the CA, ${isNew ? 'new' : 'which was there'}; its key, ca.key, signs for whoever has it`,
        `${join(folder, 'server.pem')}, server.key: for ${names.join(', ')}, until ${day}`,
        `${join(folder, 'client.pem')}, client.key: until ${day}`,
        '',
        'Start a server and a client with them:',
        `pnpm --filter chat-server start ${options(folder, { '--tls-cert': 'server.pem', '--tls-key': 'server.key', '--tls-client-ca': 'ca.pem' })}`,
        `pnpm --filter chat-client start ${options(folder, { '--tls-ca': 'ca.pem', '--tls-cert': 'client.pem', '--tls-key': 'client.key' })}`,
      ].join('\n'),
    );
  });

async function authorityOf(folder: string, anew: boolean): Promise<{ authority: Identity; isNew: boolean }> {
  const [cert, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  if (anew || (!existsSync(cert) && !existsSync(key))) return { authority: await makeAuthority(), isNew: true };
  const authority = { cert: read(cert), key: read(key) };
  const flaw = flawOfAuthority(authority);
  if (flaw) throw new OperatorError(`cannot sign with ${cert} and ca.key: ${flaw}; --force makes new ones`);
  return { authority, isNew: false };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code}); --force makes a new CA`);
  }
}

async function write(folder: string, name: string, { cert, key }: Identity): Promise<void> {
  await writeAnew(join(folder, `${name}.key`), key, SECRET);
  await writeAnew(join(folder, `${name}.pem`), cert, OPEN);
}

/** Options of a program for these files, as they are typed where this program was started. */
function options(folder: string, files: Record<string, string>): string {
  return Object.entries(files)
    .map(([option, file]) => `${option} ${quoted(join(folder, file))}`)
    .join(' ');
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `"${path}"`);

function hostNames(name: string, names: string[] = []): string[] {
  if (!/^[\w*][\w.-]*$|^[0-9a-f:.]+$/i.test(name))
    throw new InvalidArgumentError('It must be a host name or an IP address.');
  return [...names, name];
}

await runCommand(command);
