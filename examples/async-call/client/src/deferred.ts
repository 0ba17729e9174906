/** A promise that somebody else resolves, as `Promise.withResolvers` makes; Node 20 does not have that. */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  /** Only the first call counts. */
  resolve: (value: Value) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
