/**
 * How long a test may hang, in milliseconds: the only bound in seconds that a test has. It is far beyond what any test
 * takes, so that a busy machine fails none.
 */
export const PATIENCE_MS = 240_000;

/** The same for a test that has compilers of other languages build what it starts, of sources that they fetch. */
export const BUILD_PATIENCE_MS = 5 * PATIENCE_MS;
