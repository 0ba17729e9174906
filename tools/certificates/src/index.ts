export { type Identity, makeAuthority, makeClientIdentity, makeServerIdentity } from './certificates.ts';
export { signToken } from './token.ts';
