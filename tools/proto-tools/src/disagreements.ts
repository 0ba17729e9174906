import { isDeepStrictEqual } from 'node:util';
import protobuf from 'protobufjs';

/** What protoc generates for a message. */
interface GeneratedMessage {
  serializeBinary(): Uint8Array;
}
type GeneratedClass = { new (): GeneratedMessage; deserializeBinary(bytes: Uint8Array): GeneratedMessage };
type Exports = Record<string, unknown>;

/** A value of each scalar type that no other type would encode and decode alike. */
const SAMPLES: Record<string, unknown> = {
  double: 0.1,
  float: 0.5,
  int32: -7,
  uint32: 4_000_000_000,
  sint32: -9,
  fixed32: 4_000_000_001,
  sfixed32: -11,
  int64: -12,
  uint64: 4_503_599_627_370_497,
  sint64: -13,
  fixed64: 4_503_599_627_370_498,
  sfixed64: -14,
  bool: true,
  string: 'grüße 👋',
  bytes: new Uint8Array([0, 255, 128]),
};

/**
 * Compares generated code with its .proto file, as protobufjs, which shares no code with protoc, reads it: every
 * service, path, streaming flag and type, and every field by a round trip of its bytes.
 *
 * @param exported all exports of the generated modules; those of google-protobuf's own types too
 * @returns a sentence for each disagreement
 */
export function disagreements(protoText: string, exported: Exports): string[] {
  const { root, imports = [] } = protobuf.parse(protoText, { keepCase: true });
  // Only what it imports: @grpc/proto-loader, if it is in this process, has added types to the common ones, some twice.
  for (const path of imports) {
    const { nested } = protobuf.common.get(path) ?? {};
    if (nested) root.addJSON(nested);
  }
  root.resolveAll();
  const found: string[] = [];
  for (const object of ownObjects(root)) {
    if (object instanceof protobuf.Service) {
      found.push(...compareService(object, exported));
    } else if (object instanceof protobuf.Type) {
      found.push(...compareMessage(object, exported));
    } else if (object instanceof protobuf.Enum) {
      found.push(...compareEnum(object, exported));
    }
  }
  return found;
}

function* ownObjects(namespace: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const object of namespace.nestedArray) {
    if (object.fullName === '.google') continue;
    yield object;
    if (object instanceof protobuf.Namespace) yield* ownObjects(object);
  }
}

/** The generated counterpart of a type: nested types hang on the class of the type around them. */
function generatedFor(type: protobuf.ReflectionObject, exported: Exports): unknown {
  const outer = type.parent instanceof protobuf.Type ? (generatedFor(type.parent, exported) as Exports) : exported;
  return outer?.[type.name];
}

function compareService(service: protobuf.Service, exported: Exports): string[] {
  const found: string[] = [];
  const generated = exported[`${service.name}Service`] as Record<string, Exports> | undefined;
  const client = exported[`${service.name}Client`] as { service?: unknown } | undefined;
  if (!generated) return [`service ${service.name} is not generated`];
  if (client?.service !== generated) found.push(`${service.name}Client is not a client of ${service.name}`);
  const fullName = service.fullName.slice(1);
  const methods = service.methodsArray.map((method) => lowerFirst(method.name));
  for (const name of Object.keys(generated)) {
    if (!methods.includes(name)) found.push(`${service.name}.${name} is generated, but not in the .proto file`);
  }
  for (const method of service.methodsArray) {
    const actual = generated[lowerFirst(method.name)];
    const expected = {
      path: `/${fullName}/${method.name}`,
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      requestType: method.resolvedRequestType && generatedFor(method.resolvedRequestType, exported),
      responseType: method.resolvedResponseType && generatedFor(method.resolvedResponseType, exported),
    };
    for (const [key, value] of Object.entries(expected)) {
      if (actual?.[key] !== value) {
        found.push(
          `${service.name}.${method.name}: ${key} is ${show(actual?.[key])}, in the .proto file ${show(value)}`,
        );
      }
    }
  }
  return found;
}

function compareMessage(type: protobuf.Type, exported: Exports): string[] {
  const generated = generatedFor(type, exported) as GeneratedClass | undefined;
  if (!generated) return [`message ${type.name} is not generated`];
  const found: string[] = [];
  for (const field of type.fieldsArray) {
    const value = sampleOf(field);
    const bytes = type.encode(type.fromObject({ [field.name]: value })).finish();
    const where = `${type.name}.${field.name} = ${field.id}`;
    const message = roundTrip(generated, bytes);
    if (!message) {
      found.push(`${where}: the generated code does not write the bytes that it read`);
      continue;
    }
    const getter = `get${accessorName(field)}`;
    const get = (message as unknown as Record<string, (() => unknown) | undefined>)[getter];
    if (!get) found.push(`${where}: no ${getter}()`);
    else if (!field.resolvedType && !isDeepStrictEqual(get.call(message), value)) {
      found.push(`${where}: ${getter}() gives ${show(get.call(message))} instead of ${show(value)}`);
    }
  }
  return found;
}

/** The message in the bytes, if the generated code reads and writes them alike. */
function roundTrip(generated: GeneratedClass, bytes: Uint8Array): GeneratedMessage | undefined {
  try {
    const message = generated.deserializeBinary(bytes);
    return Buffer.from(message.serializeBinary()).equals(bytes) ? message : undefined;
  } catch {
    return undefined;
  }
}

function compareEnum(type: protobuf.Enum, exported: Exports): string[] {
  const generated = generatedFor(type, exported);
  return isDeepStrictEqual({ ...(generated as object) }, { ...type.values }) ? [] : [`enum ${type.name} differs`];
}

function sampleOf(field: protobuf.Field): unknown {
  const one = sampleOfOne(field);
  if (field instanceof protobuf.MapField) return { key: one };
  return field.repeated ? [one, one] : one;
}

function sampleOfOne(field: protobuf.Field): unknown {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return Object.values(type.values).at(-1);
  if (type instanceof protobuf.Type) {
    const inner = type.fieldsArray.find((candidate) => candidate.resolvedType !== type);
    return inner ? { [inner.name]: sampleOf(inner) } : {};
  }
  return SAMPLES[field.type];
}

/** `session_id` is `getSessionId`, `tagValue` is `getTagvalue`, a repeated one `getTagvalueList`. */
function accessorName(field: protobuf.Field): string {
  const name = field.name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
  if (field instanceof protobuf.MapField) return `${name}Map`;
  return field.repeated ? `${name}List` : name;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function show(value: unknown): string {
  return typeof value === 'function' ? value.name || 'a type' : (JSON.stringify(value) ?? 'missing');
}
