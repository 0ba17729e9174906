import { CallInfo } from 'call-proto';

const MEDIA = 'https://link.to.audio.resources';

/** The sessions of the calls that have been answered and are not over. Their ids count up from 0 in each process. */
export class CallSessions {
  readonly #open = new Set<string>();
  readonly #log: (line: string) => void;
  #created = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#open.size;
  }

  create(): CallInfo {
    const id = `${this.#created++}`;
    this.#open.add(id);
    this.#log(`Created a call session [${id}] media [${MEDIA}]`);
    return new CallInfo().setSessionId(id).setMedia(MEDIA);
  }

  clean(session: CallInfo): void {
    const id = session.getSessionId();
    this.#open.delete(id);
    this.#log(`Call session cleaned [${id}]`);
  }
}
