/**
 * How long a test may hang, in milliseconds: the only bound in seconds that a test has. It is far beyond what any test
 * takes, so that a busy machine fails none.
 */
export const PATIENCE_MS = 240_000;
