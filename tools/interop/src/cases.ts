import type { Example } from './examples.ts';

type Cases = Readonly<Record<string, string | RegExp>>;

/** tonic ends a call by itself, in words of its own, when no headers have come by the deadline, as from a server that stalls. */
const DEADLINE = /^ -> (DEADLINE_EXCEEDED|CANCELLED: Timeout expired$)/;

/** The call goes on from second to second: a client that stalls may find more of it, or its end, when it hangs up. */
const HANG_UP =
  /^NEW(( \| https:\S+( \| ACTIVE( \| ENDED)?)?)? -> (CANCELLED|dropped)| \| https:\S+ \| ACTIVE \| ENDED -> OK$)/;

/**
 * What a client in another language tries with a server of ours: the messages and the status that it must get. One that
 * cancels by dropping its call gets none.
 */
export const CLIENT_CASES: Record<Exclude<Example, 'job'>, Cases> = {
  calc: {
    sum: '55 -> OK',
    'sum of nothing': '0 -> OK',
    'largest sum': '9223372036854775807 -> OK',
    overflow: /^ -> OUT_OF_RANGE: .*value 2/,
    'sum of 50,000': '1250025000 -> OK',
    gzip: '55 -> OK',
    'incremental sum': '1 | 3 | 6 | 10 -> OK',
  },
  chat: {
    call: 'Sam: Hi | Ann: Hey | John: Hello -> OK',
    'one at a time': 'Sam: Hi | Ann: Hey | John: Hello -> OK',
    gzip: 'Sam: Hi | Ann: Hey | John: Hello -> OK',
    'nothing sent': ' -> OK',
    Unicode: 'Zoë: 🎈 -> OK',
    deadline: DEADLINE,
    'message too large': /^ -> RESOURCE_EXHAUSTED: .*larger than max/,
    'unknown method': /^ -> UNIMPLEMENTED/,
  },
  call: {
    call: 'NEW | https://link.to.audio.resources | ACTIVE | ENDED -> OK',
    'hang up': HANG_UP,
    'bad number': ' -> INVALID_ARGUMENT: phone_number must be 3 to 15 digits, with or without a + before them',
    'no number': ' -> INVALID_ARGUMENT: the call was half-closed without a request; send one with the phone number',
  },
  datahub: {
    unary: '2 -> OK',
    'client streaming': '10 -> OK',
    'server streaming and cancel': /^A01 \| A02 \| A03 -> (CANCELLED|dropped)/,
    deadline: DEADLINE,
    'bad GUID': / -> INVALID_ARGUMENT: telemetryGuid must be a GUID/,
  },
  message: {
    'both ways': 'Hello, world! | Hello, world! | Hello, world! -> OK',
    'nothing sent': 'Hello, world! -> OK',
  },
};

/** What a client of ours tries with a server in another language: its arguments and its input, and what it prints. */
export const SERVER_CASES: Record<
  Exclude<Example, 'job'>,
  Readonly<Record<string, { args?: readonly string[]; input?: string; gets: string | RegExp }>>
> = {
  calc: {
    sum: { gets: 'Value: 55, exit 0' },
    'largest sum': { args: ['sum', '9223372036854775806', '1'], gets: 'Value: 9223372036854775807, exit 0' },
    'incremental sum': {
      args: ['incremental', '1', '2', '-4'],
      gets: 'Value: 1 | Value: 3 | Value: -1 | Complete., exit 0',
    },
    'sum of 100,000': { args: ['sum', '-'], input: numbers(100_000), gets: 'Value: 5000050000, exit 0' },
  },
  chat: {
    call: { gets: 'Sam: Hi | Ann: Hey | John: Hello, exit 0' },
    interactive: { args: ['--name', 'Zoë'], input: '🎈\n', gets: 'Zoë: 🎈, exit 0' },
  },
  call: {
    call: {
      gets: [
        'Waiting for peer to connect [94771234567]...',
        'Call toward [94771234567] enters [NEW] state',
        'Call toward [94771234567] enters [ACTIVE] state',
        'Consuming audio resource [https://link.to.audio.resources]',
        'Call toward [94771234567] enters [ENDED] state',
        'Audio session finished [https://link.to.audio.resources]',
        'Call finished, exit 0',
      ].join(' | '),
    },
  },
  datahub: {
    unary: { args: ['send', 'A01', 'A02', 'A03'], gets: '3, exit 0' },
    'client streaming': { args: ['ingest'], gets: '10, exit 0' },
  },
  message: {
    'both ways': {
      args: ['--count', '3', '--interval', '0.2'],
      gets: `${'Received message: Hello, world! | '.repeat(2)}Received message: Hello, world!, exit 0`,
    },
  },
};

/** 1 to `count`, each on a line. */
export function numbers(count: number): string {
  return Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
}
