import { calls } from './attacks/calls.ts';
import { connections } from './attacks/connections.ts';
import { logs } from './attacks/logs.ts';
import { names } from './attacks/names.ts';
import { rooms } from './attacks/rooms.ts';
import { stops } from './attacks/stops.ts';
import { tokens } from './attacks/tokens.ts';
import { unread } from './attacks/unread.ts';

/** All attacks, in the order of the table. */
export const rows = [...connections, ...calls, ...names, ...unread, ...rooms, ...tokens, ...stops, ...logs];
