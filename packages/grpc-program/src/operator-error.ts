/** A failure that the person at the command line can mend; its message says how, and is all they see. */
export class OperatorError extends Error {
  /** `OperatorError`. */
  override name = 'OperatorError';
  /** What the program ends with: 2 for wrong usage, else 1. */
  readonly exitCode: 1 | 2;

  /** @param exitCode 2 for wrong usage */
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
