/** A failure that the person at the command line can mend; its message says how, and is all they see. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
