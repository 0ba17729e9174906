// Makes a token for a server with --jwt-secret or --jwt-keys: `pnpm jwt --help`.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isSameFile } from 'whole-file';
import { newCommand, OperatorError, runCommand, wholeNumber } from '../command-line.ts';
import { signToken } from '../token.ts';
import { SECRET, writeAnew } from '../write-anew.ts';
import { addToKeySet, readOrMakeKey, readSecret, SECRET_BYTES } from './files.ts';

const command = newCommand('jwt', 'Prints a token (JWT) for a server with --jwt-secret or --jwt-keys.')
  .option('--secret <file>', 'the secret of the server (HS256); made if there is none')
  .option('--key <file>', 'a private key (JWK, ES256), instead of a secret; made if there is none')
  .option('--jwks <file>', 'the public keys of the server (JWKS), to which that of --key is added')
  .option('--subject <name>', 'whom it is for', 'developer')
  .option('--audience <name>', 'the --jwt-audience of the server')
  .option('--issuer <name>', 'the --jwt-issuer of the server')
  .option('--seconds <n>', 'how long the token is valid', wholeNumber(1, 365 * 86_400), 3_600)
  .option('--out <file>', 'write it to a file that only you can read, instead')
  .action(async ({ secret, key, jwks, seconds, subject, audience, issuer, out }, command) => {
    const signWith = await signer(secret, key, jwks);
    for (const [name, path] of Object.entries({ secret, key, jwks })) {
      if (out !== undefined && path !== undefined && isSameFile(path, out))
        command.error(`error: --out ${out} is the file of --${name}`);
    }
    const expiresAt = new Date(Date.now() + seconds * 1_000);
    const token = await signToken(signWith, { subject, audience, issuer, expiresAt });
    if (out === undefined) return console.log(token);
    await writeAnew(out, `${token}\n`, SECRET);
    console.log(`${out}: for ${subject}${audience === undefined ? '' : ` at ${audience}`}, ${seconds} s`);
  });

async function signer(secret?: string, key?: string, jwks?: string) {
  if (key !== undefined && secret === undefined) {
    const signingKey = await readOrMakeKey(key);
    if (jwks !== undefined) await addToKeySet(jwks, signingKey);
    return signingKey;
  }
  if (secret === undefined || key !== undefined || jwks !== undefined) {
    throw new OperatorError('a token is signed with --secret, or with --key, to which --jwks belongs', 2);
  }
  if (!existsSync(secret)) {
    await writeAnew(secret, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, SECRET);
    console.error(`made the secret ${secret}`);
  }
  return readSecret(secret);
}

await runCommand(command);
