import { readFileSync } from 'node:fs';
import plugin from 'google-protobuf/google/protobuf/compiler/plugin_pb.js';
import type {
  FileDescriptorProto,
  MethodDescriptorProto,
  ServiceDescriptorProto,
} from 'google-protobuf/google/protobuf/descriptor_pb.js';

const { CodeGeneratorRequest, CodeGeneratorResponse } = plugin;

// A plugin of protoc that writes what grpc_node_plugin of grpc-tools 1.13 writes with its option `grpc_js`, byte for byte,
// for where that cannot be downloaded. proto-package-tests.ts compares.
//
// Source: https://github.com/grpc/grpc-node/blob/master/packages/grpc-tools/src/node_generator.cc

/** Of a FileDescriptorProto: the numbers of its fields, which the paths of comments are made of. */
const [SERVICE, SYNTAX, METHOD] = [6, 12, 2];

const request = CodeGeneratorRequest.deserializeBinary(readFileSync(0));
const files = new Map(request.getProtoFileList().map((file) => [file.getName() ?? '', file]));

function generate(file: FileDescriptorProto): string {
  const services = file.getServiceList();
  if (services.length === 0) return '// GENERATED CODE -- NO SERVICES IN PROTO';
  const comments = commentsAt(file, [SYNTAX]);
  return [
    '// GENERATED CODE -- DO NOT EDIT!\n\n',
    comments && `// Original file comments:\n${comments}`,
    "'use strict';\n",
    ...importsOf(file),
    '\n',
    ...serializersOf(services),
    '\n',
    ...services.flatMap((service, index) => serviceOf(file, service, index)),
  ].join('');
}

function importsOf(file: FileDescriptorProto): string[] {
  const own = file.getMessageTypeList().length > 0 ? [file.getName() ?? ''] : [];
  return [
    "var grpc = require('@grpc/grpc-js');\n",
    ...[...own, ...file.getDependencyList()].map(
      (name) => `var ${aliasOf(name)} = require('${modulePathOf(name)}');\n`,
    ),
  ];
}

const aliasOf = (proto: string) => proto.replace(/\.proto$/, '_pb').replaceAll(/[/.-]/g, '_');

function modulePathOf(proto: string): string {
  const path = proto.replace(/\.proto$/, '_pb.js');
  return proto.startsWith('google/protobuf/') ? `google-protobuf/${path}` : `./${path}`;
}

function serializersOf(services: readonly ServiceDescriptorProto[]): string[] {
  const methods = services.flatMap((service) => service.getMethodList());
  const types = new Set(methods.flatMap((method) => [method.getInputType() ?? '', method.getOutputType() ?? '']));
  return [...types].sort().map((type) => {
    const [id, name] = [idOf(type), type.slice(1)];
    return `function serialize_${id}(arg) {
  if (!(arg instanceof ${classOf(type)})) {
    throw new Error('Expected argument of type ${name}');
  }
  return Buffer.from(arg.serializeBinary());
}

function deserialize_${id}(buffer_arg) {
  return ${classOf(type)}.deserializeBinary(new Uint8Array(buffer_arg));
}

`;
  });
}

/** Types are named `.package.Message`. */
const idOf = (type: string) => type.slice(1).replaceAll('.', '_');

/** Where the generated code has the class of a message, by the file that the message is in. */
function classOf(type: string): string {
  for (const [name, file] of files) {
    const scope = file.getPackage() ? `.${file.getPackage()}.` : '.';
    if (!type.startsWith(scope)) continue;
    const path = type.slice(scope.length);
    const isHere = file.getMessageTypeList().some((message) => message.getName() === path.split('.')[0]);
    if (isHere) return `${aliasOf(name)}.${path}`;
  }
  throw new Error(`no file has ${type}`);
}

function serviceOf(file: FileDescriptorProto, service: ServiceDescriptorProto, index: number): string[] {
  const name = service.getName() ?? '';
  const scope = file.getPackage() ? `${file.getPackage()}.` : '';
  return [
    commentsAt(file, [SERVICE, index]),
    `var ${name}Service = exports.${name}Service = {\n`,
    ...service.getMethodList().map((method, at) => {
      const comments = commentsAt(file, [SERVICE, index, METHOD, at]);
      return `  ${comments}${methodOf(`/${scope}${name}`, method)}`;
    }),
    `};\n\nexports.${name}Client = grpc.makeGenericClientConstructor(${name}Service, '${name}');\n`,
  ];
}

function methodOf(servicePath: string, method: MethodDescriptorProto): string {
  const name = method.getName() ?? '';
  const [input, output] = [method.getInputType() ?? '', method.getOutputType() ?? ''];
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}: {
    path: '${servicePath}/${name}',
    requestStream: ${method.getClientStreaming() ?? false},
    responseStream: ${method.getServerStreaming() ?? false},
    requestType: ${classOf(input)},
    responseType: ${classOf(output)},
    requestSerialize: serialize_${idOf(input)},
    requestDeserialize: deserialize_${idOf(input)},
    responseSerialize: serialize_${idOf(output)},
    responseDeserialize: deserialize_${idOf(output)},
  },
`;
}

/** The comments above what is at this path of the file, as comments of JavaScript. */
function commentsAt(file: FileDescriptorProto, path: readonly number[]): string {
  const locations = file.getSourceCodeInfo()?.getLocationList() ?? [];
  const location = locations.find((candidate) => candidate.getPathList().join() === path.join());
  const detached = location?.getLeadingDetachedCommentsList().map((text) => `${text}\n`) ?? [];
  return [...detached, location?.getLeadingComments() ?? '']
    .flatMap((text) => text.split('\n').slice(0, -1))
    .map((line) => (line === '' || line.startsWith(' ') ? `//${line}\n` : `// ${line}\n`))
    .join('');
}

const response = new CodeGeneratorResponse();
for (const name of request.getFileToGenerateList()) {
  const output = new CodeGeneratorResponse.File();
  output.setName(name.replace(/\.proto$/, '_grpc_pb.js'));
  output.setContent(generate(files.get(name) as FileDescriptorProto));
  response.addFile(output);
}
process.stdout.write(response.serializeBinary());
