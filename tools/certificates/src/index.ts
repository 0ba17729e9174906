export { type Identity, makeAuthority, makeClientIdentity, makeServerIdentity } from './certificates.ts';
export { makeSigningKey, publicPart, type SigningKey, signToken } from './token.ts';
