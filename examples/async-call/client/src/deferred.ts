/** A promise that somebody else resolves: `Promise.withResolvers`, which Node 20 does not have. */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  /** The first call counts. */
  resolve: (value: Value) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
