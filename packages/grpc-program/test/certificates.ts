import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, in PEM form. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Identity {
  /** A certificate for this machine that the authority signs. */
  issue(name: string): Identity;
}

/** Makes a certificate authority: X.509 in forty lines, since Node reads certificates but makes none. */
export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certify = (subject: string, publicKey: KeyObject, isAuthority: boolean) =>
    certificate({ subject, issuer: name, publicKey, signingKey: keys.privateKey, isAuthority });
  return {
    cert: certify(name, keys.publicKey, true),
    key: pemOf(keys.privateKey),
    issue(subject) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return { cert: certify(subject, publicKey, false), key: pemOf(privateKey) };
    },
  };
}

function certificate(of: {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signingKey: KeyObject;
  isAuthority: boolean;
}): string {
  const ECDSA_WITH_SHA256 = sequence(hex('06082a8648ce3d040302'));
  const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')));
  const basicConstraints = extension('551d13', sequence(...(of.isAuthority ? [hex('0101ff')] : [])));
  const address = (bytes: number[]) => der(0x87, Buffer.from(bytes));
  const localhost = der(0x82, Buffer.from('localhost'));
  const alternativeNames = extension('551d11', sequence(localhost, address([127, 0, 0, 1])));
  const toBeSigned = sequence(
    der(0xa0, hex('020102')), // version 3
    der(0x02, Buffer.from([serial++])),
    ECDSA_WITH_SHA256,
    nameOf(of.issuer),
    validity,
    nameOf(of.subject),
    of.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints, alternativeNames)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, of.signingKey));
  const base64 = sequence(toBeSigned, ECDSA_WITH_SHA256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`;
}

let serial = 1;

const hex = (text: string) => Buffer.from(text, 'hex');
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const nameOf = (commonName: string) =>
  sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from(commonName)))));
const extension = (id: string, value: Buffer) => sequence(der(0x06, hex(id)), der(0x04, value));

/** One element of ASN.1, in DER: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  // DER wants the shortest form of a length.
  if (length[0] === 0x82 && content.length < 0x100) length.splice(0, 2, 0x81);
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
