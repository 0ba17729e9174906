import type { BinaryReader } from 'google-protobuf';
import protobuf from 'google-protobuf';

/** A `.proto` file, in the bytes that protoc wrote (a `google.protobuf.FileDescriptorProto`). */
interface File {
  readonly bytes: Uint8Array;
  name: string;
  package: string;
  readonly imports: string[];
}

/**
 * What descriptor sets hold, by name. The files themselves stay as protoc wrote them: a copy that another library has
 * decoded and encoded loses what that does not know (https://github.com/grpc/grpc-node/issues/3034).
 */
export class Descriptors {
  readonly #files = new Map<string, File>();
  readonly #symbols = new Map<string, File>();
  readonly #extensions = new Map<string, Map<number, File>>();

  /** @param sets what `protoc --include_imports --descriptor_set_out` wrote */
  constructor(sets: readonly Uint8Array[]) {
    for (const set of sets) {
      readFields(set, { 1: (reader) => this.#addFile(reader.readBytes()) });
    }
  }

  /** A file and all that it imports; undefined for one that is not here. */
  byName(name: string): Uint8Array[] | undefined {
    return this.#withImports(this.#files.get(name));
  }

  /** The file of a message, field, enum, value, service or method, by its full name, and all that it imports. */
  bySymbol(name: string): Uint8Array[] | undefined {
    return this.#withImports(this.#symbols.get(name));
  }

  byExtension(type: string, number: number): Uint8Array[] | undefined {
    return this.#withImports(this.#extensions.get(type)?.get(number));
  }

  /** The numbers of a message's extensions; undefined for a message that is not here. */
  extensionsOf(type: string): number[] | undefined {
    return this.#symbols.has(type) ? [...(this.#extensions.get(type)?.keys() ?? [])] : undefined;
  }

  #withImports(file: File | undefined, found = new Set<Uint8Array>()): Uint8Array[] | undefined {
    if (!file) return undefined;
    found.add(file.bytes);
    for (const name of file.imports) {
      const imported = this.#files.get(name);
      if (imported && !found.has(imported.bytes)) this.#withImports(imported, found);
    }
    return [...found];
  }

  // The numbers are those of descriptor.proto.
  #addFile(bytes: Uint8Array): void {
    const file: File = { bytes, name: '', package: '', imports: [] };
    readFields(bytes, {
      1: (reader) => (file.name = reader.readString()),
      2: (reader) => (file.package = reader.readString()),
      3: (reader) => file.imports.push(reader.readString()),
    });
    if (this.#files.has(file.name)) return;
    this.#files.set(file.name, file);
    const scope = file.package;
    readFields(bytes, {
      4: (reader) => this.#addMessage(file, scope, reader.readBytes()),
      5: (reader) => this.#addEnum(file, scope, reader.readBytes()),
      6: (reader) => this.#addService(file, scope, reader.readBytes()),
      7: (reader) => this.#addExtension(file, scope, reader.readBytes()),
    });
  }

  #addMessage(file: File, scope: string, bytes: Uint8Array): void {
    const name = this.#add(file, scope, bytes);
    readFields(bytes, {
      2: (reader) => this.#add(file, name, reader.readBytes()), // field
      3: (reader) => this.#addMessage(file, name, reader.readBytes()),
      4: (reader) => this.#addEnum(file, name, reader.readBytes()),
      6: (reader) => this.#addExtension(file, name, reader.readBytes()),
      8: (reader) => this.#add(file, name, reader.readBytes()), // oneof
    });
  }

  #addEnum(file: File, scope: string, bytes: Uint8Array): void {
    this.#add(file, scope, bytes);
    // A value is a neighbour of its enum, as in C++.
    readFields(bytes, { 2: (reader) => this.#add(file, scope, reader.readBytes()) });
  }

  #addService(file: File, scope: string, bytes: Uint8Array): void {
    const name = this.#add(file, scope, bytes);
    readFields(bytes, { 2: (reader) => this.#add(file, name, reader.readBytes()) });
  }

  #addExtension(file: File, scope: string, bytes: Uint8Array): void {
    this.#add(file, scope, bytes);
    let extended = '';
    let number = 0;
    readFields(bytes, {
      2: (reader) => (extended = reader.readString().replace(/^\./, '')),
      3: (reader) => (number = reader.readInt32()),
    });
    const numbers = this.#extensions.get(extended) ?? new Map<number, File>();
    this.#extensions.set(extended, numbers.set(number, file));
  }

  /** Adds what a descriptor describes, each of which has its name in field 1, and gives its full name. */
  #add(file: File, scope: string, bytes: Uint8Array): string {
    let name = '';
    readFields(bytes, { 1: (reader) => (name = reader.readString()) });
    const fullName = scope ? `${scope}.${name}` : name;
    this.#symbols.set(fullName, file);
    return fullName;
  }
}

/** Reads the fields of a message in wire format, by their number; the others are skipped. */
export function readFields(bytes: Uint8Array, read: Record<number, (reader: BinaryReader) => unknown>): void {
  const reader = new protobuf.BinaryReader(bytes);
  while (reader.nextField()) {
    const readField = read[reader.getFieldNumber()];
    if (readField) readField(reader);
    else reader.skipField();
  }
}
