import { createRequire } from 'node:module';
import { status } from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { formatBytes } from './format.ts';
import type { Side } from './trace-event.ts';

const LONGEST_TEXT = 200;

/** `OK`, or the name of the status and its details. */
export function describeStatus(code: status, details: string): string {
  return details && code !== status.OK ? `${status[code]}: ${details}` : (status[code] ?? `${code}`);
}

/** What is known of a message. */
export interface Described {
  readonly text: string;
  /** Undefined where the class of the message does not say. */
  readonly bytes: number | undefined;
}

/** Describes a message of a method, which one side has sent. `serialize` gives its bytes, if that is known. */
export type Describe = (
  path: string,
  from: Side,
  message: unknown,
  serialize?: (message: never) => Uint8Array,
) => Described;

/**
 * Makes what describes the messages of a service: each in one short line of its values, without those that are not set,
 * and with `<1 KiB>` for bytes.
 *
 * @param descriptorSet what the proto package exports under this name. With it, an enum has its names, and an int64
 *   all of its digits; without it, a message of a generated class has what its `toObject()` says
 */
export function describer(descriptorSet?: Buffer): Describe {
  // At once: in the middle of a call it would take its time.
  const methods = descriptorSet && methodsOf(descriptorSet);
  return (path, from, message, serialize) => {
    const wire = bytesOf(message, serialize);
    if (!wire || !methods) return { text: describeMessage(message), bytes: wire?.length };
    const method = methods.get(path);
    const read = from === 'client' ? method?.requestDeserialize : method?.responseDeserialize;
    return { text: describeMessage(read ? read(Buffer.from(wire)) : message), bytes: wire.length };
  };
}

function bytesOf(message: unknown, serialize?: (message: never) => Uint8Array): Uint8Array | undefined {
  try {
    if (serialize) return serialize(message as never);
    return hasMethod(message, 'serializeBinary') ? (message.serializeBinary() as Uint8Array) : undefined;
  } catch {
    return undefined; // the call will say what is wrong with it
  }
}

/** By path. The loader is a large part of what a program loads, and most do without it. */
function methodsOf(descriptorSet: Buffer): ReadonlyMap<string, MethodDefinition<object, object>> {
  const { loadFileDescriptorSetFromBuffer }: typeof import('@grpc/proto-loader') = createRequire(import.meta.url)(
    '@grpc/proto-loader',
  );
  const options = { keepCase: true, longs: String, enums: String };
  const loaded: PackageDefinition = loadFileDescriptorSetFromBuffer(descriptorSet, options);
  const services = Object.values(loaded).filter((entry) => !('format' in entry));
  return new Map(
    services.flatMap((service) =>
      Object.values(service as Record<string, MethodDefinition<object, object>>).map((method) => [method.path, method]),
    ),
  );
}

/** A message in one short line: of a generated class, of proto-loader's plain objects, or anything else. */
export function describeMessage(message: unknown): string {
  const value = hasMethod(message, 'toObject') ? message.toObject() : message;
  const text = (isRecord(value) ? fieldsOf(value) : describe(value)).trim();
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `<${formatBytes(value.length)}>`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  return isRecord(value) ? `{${fieldsOf(value)}}` : String(value);
}

/** With few fields, their names go without saying; that of a message within tells which one it is. */
function fieldsOf(message: object): string {
  return Object.entries(message)
    .filter(([, value]) => !isDefault(value))
    .map(([name, value]) => (isRecord(value) ? `${name} ${describe(value)}` : describe(value)))
    .join(', ');
}

const isDefault = (value: unknown) =>
  value === undefined || value === null || !value || (Array.isArray(value) && value.length === 0);

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}
