import type { Peer } from '../row.ts';
import { envoyPeer } from './envoy.ts';
import { go } from './go.ts';
import { grpcurl } from './grpcurl.ts';
import { haproxyPeer } from './haproxy.ts';
import { java } from './java.ts';
import { nginxPeer } from './nginx.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';

/** All peers, in the order in which they are tried. */
export const PEERS_IN_ORDER: readonly Peer[] = [grpcurl, python, go, rust, java, nginxPeer, haproxyPeer, envoyPeer];
