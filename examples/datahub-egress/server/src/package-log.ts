import { randomBytes } from 'node:crypto';
import { positionOf, sequenceAt } from '@grpc-by-example/broker';
import { bytesOf, type DataPackage } from './data-package.ts';

/** So many places of dropped packages are given back at once: each by itself would move all the others. */
const SPARE_PLACES = 1_000;

/**
 * The last packages of a hub, of all tags, as far back as a number of bytes reaches.
 *
 * They are numbered from 1. A position is the number of a package, and the name of this log, which it has from its
 * process: another process knows nothing of those packages, and could only guess what comes next.
 */
export class PackageLog {
  /** The number of the last package; 0 before the first. */
  last = 0;
  /** The number of the last package that was dropped. */
  dropped = 0;
  readonly #name = randomBytes(6).toString('base64url');
  readonly #maxBytes: number;
  #bytes = 0;
  /** At the beginning there are places of dropped ones. */
  #packages: (DataPackage | undefined)[] = [];
  /** The number of the package in the first place. */
  #base = 1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds a package, and puts its position into it. */
  append(dataPackage: DataPackage): void {
    this.last += 1;
    this.#packages.push(dataPackage.setPosition(this.positionOf(this.last)));
    this.#bytes += bytesOf(dataPackage);
    while (this.#bytes > this.#maxBytes) this.#dropFirst();
  }

  /** The position right behind the package of this number. */
  positionOf(number: number): string {
    return positionOf(this.#name, number);
  }

  /**
   * The number of the package right before a position.
   *
   * @throws the status OUT_OF_RANGE when the position is of another log, or packages behind it were dropped
   */
  numberAt(position: string): number {
    return sequenceAt(position, { name: this.#name, first: this.dropped + 1, last: this.last });
  }

  /** The first package of a tag behind this number that is kept, with its number. */
  next(tagName: string, number: number): { number: number; dataPackage: DataPackage } | undefined {
    for (let next = Math.max(number, this.dropped) + 1; next <= this.last; next++) {
      const dataPackage = this.#packages[next - this.#base];
      if (dataPackage?.getTagname() === tagName) return { number: next, dataPackage };
    }
    return undefined;
  }

  #dropFirst(): void {
    this.dropped += 1;
    const place = this.dropped - this.#base;
    const dataPackage = this.#packages[place];
    if (dataPackage) this.#bytes -= bytesOf(dataPackage);
    this.#packages[place] = undefined;
    if (place < SPARE_PLACES || place * 2 < this.#packages.length) return;
    this.#packages.splice(0, place + 1);
    this.#base = this.dropped + 1;
  }
}
