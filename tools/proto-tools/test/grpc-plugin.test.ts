import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import plugin from 'google-protobuf/google/protobuf/compiler/plugin_pb.js';
import descriptors from 'google-protobuf/google/protobuf/descriptor_pb.js';
import { expect, test } from 'vitest';

const examples = join(import.meta.dirname, '../../../examples');

// The comments are not in the descriptors that are committed; where there is a protoc, the tests of the proto packages
// compare them too.
const withoutComments = (code: string) => code.replaceAll(/^ *\/\/.*\n/gm, '').replaceAll(/^ +/gm, '');

test.each([
  ['async-call', 'phone'],
  ['bidirectional-chat', 'chat'],
  ['datahub-egress', 'data_hub'],
  ['job-stream', 'jobs'],
])('the plugin writes for %s what that of grpc-tools has written', (example, name) => {
  const gen = join(examples, example, 'proto/gen');
  const set = descriptors.FileDescriptorSet.deserializeBinary(readFileSync(join(gen, `${name}.binpb`)));
  const request = new plugin.CodeGeneratorRequest();
  request.setFileToGenerateList([`${name}.proto`]);
  request.setProtoFileList(set.getFileList());
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '../bin/grpc-plugin.js')], {
    input: request.serializeBinary(),
  });
  expect(status).toBe(0);
  const [file] = plugin.CodeGeneratorResponse.deserializeBinary(stdout).getFileList();
  expect(file?.getName()).toBe(`${name}_grpc_pb.js`);
  const committed = readFileSync(join(gen, `${name}_grpc_pb.js`), 'utf8');
  expect(withoutComments(file?.getContent() ?? '')).toBe(withoutComments(committed));
});
