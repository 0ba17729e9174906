import type { TraceEvent } from 'stream-trace/picture';

export interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** A first one, as JSON. */
  readonly message: string;
}

export interface Task {
  readonly title: string;
  readonly ask: string;
  readonly choices: readonly string[];
  readonly right: number;
  readonly steps: readonly object[];
  readonly shows: string;
  readonly answer: string;
  readonly path: string;
  readonly code: string;
}

/** What the gateway tells a page. */
export interface Told {
  readonly example?: {
    readonly name: string;
    readonly methods: readonly Method[];
    readonly hasPrograms: boolean;
    readonly whatIfs: Readonly<Record<string, string>>;
    readonly tasks: readonly Task[];
  };
  readonly server?: string;
  readonly address?: string;
  readonly clients?: number;
  readonly events?: readonly TraceEvent[];
  /** How many messages this page has asked for that are still to be sent. */
  readonly waiting?: number;
  /** The id of a call that is this page's. */
  readonly mine?: string;
  /** Whether this page's call is read. */
  readonly isReading?: boolean;
  readonly title?: string;
  /** Whether a mishap of the demo is being played for this page. */
  readonly isPlaying?: boolean;
  readonly problem?: string;
}
