export class Amount {
  getAsNumber(): number;
  setAsNumber(value: number): Amount;
  getAsString(): string;
  setAsString(value: string): Amount;
  serializeBinary(): Uint8Array;
  static deserializeBinary(bytes: Uint8Array): Amount;
}
