import { deaf, fails, ok, type Row, row, told, unreached, unseen, waits } from './rows.ts';

/**
 * No rows for streams of messages: one request, which grpc-js reads before the handler runs and then half-closes, and one
 * response, which grpc-js reads.
 */
export const unaryRows: readonly Row[] = [
  row('success with 1 message', {}, {}, ok(1)),
  row('the handler throws a status', { ends: 'throws' }, {}, fails('ABORTED')),
  row('the handler throws what is no status', { ends: 'throws no status' }, {}, fails('UNKNOWN')),
  row('a slow handler', { pace: 50 }, {}, ok(1)),
  row('the client cancels before', {}, { cancels: 'before' }, unreached('CANCELLED')),
  row('the client cancels during', waits, { cancels: 'during' }, told('CANCELLED')),
  row('the client cancels during, the handler is deaf', deaf, { cancels: 'during' }, told('CANCELLED')),
  row('the client cancels after', {}, { cancels: 'after' }, ok(1)),
  row("the caller's signal fires before", {}, { aborts: 'before' }, unreached('CANCELLED')),
  row("the caller's signal fires during", waits, { aborts: 'during' }, told('CANCELLED')),
  row("the caller's signal fires after", {}, { aborts: 'after' }, ok(1)),
  row('the deadline passes before', {}, { deadline: -1 }, unreached('DEADLINE_EXCEEDED')),
  row('the deadline passes while the handler waits', waits, { deadline: 250 }, told('DEADLINE_EXCEEDED')),
  row('the deadline passes, the handler is deaf', deaf, { deadline: 250 }, told('DEADLINE_EXCEEDED')),
  row('a request cannot be serialised', {}, { requests: 'unwritable' }, unreached('INTERNAL')),
  row(
    'a request cannot be deserialised',
    {},
    { requests: 'unreadable' },
    { ...unreached('INVALID_ARGUMENT'), orStatus: 'INTERNAL' },
  ),
  row('a request is too large to send', {}, { requests: 'unsendable' }, unreached('RESOURCE_EXHAUSTED')),
  row('a request is too large to receive', {}, { requests: 'oversized' }, unreached('RESOURCE_EXHAUSTED')),
  row('a response cannot be serialised', { answers: 'unwritable' }, {}, fails('INTERNAL')),
  row('a response cannot be deserialised', { answers: 'unreadable' }, {}, fails('INTERNAL')),
  row('a response is too large to send', { answers: 'unsendable' }, {}, fails('RESOURCE_EXHAUSTED')),
  row('a response is too large to receive', { answers: 'oversized' }, {}, fails('RESOURCE_EXHAUSTED')),
  row('the client process is killed', waits, {}, unseen('CANCELLED'), 'killed'),
  row('the client process is frozen', waits, { deadline: 1_000 }, unseen('DEADLINE_EXCEEDED'), 'frozen'),
  row('the connection is cut', waits, {}, told('CANCELLED', 'UNAVAILABLE'), 'cut'),
  row('the server stops', waits, {}, told('UNAVAILABLE'), 'interrupted'),
  row('the server stops, the handler is deaf', deaf, {}, told('UNAVAILABLE'), 'stopped'),
  row('the server stops by force', waits, {}, told('CANCELLED'), 'forced'),
];
