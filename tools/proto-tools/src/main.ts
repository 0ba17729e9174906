import { generate, missingBinaries } from './generate.ts';

const [protoFile] = process.argv.slice(2);
if (!protoFile) {
  console.error('Usage: proto-generate FILE.proto (writes the generated code to gen/)');
  process.exitCode = 2;
} else if (missingBinaries().length > 0) {
  console.error(`Nothing generated: ${missingBinaries().join(' and ')} of grpc-tools not found.`);
  console.error('Run `pnpm protoc`, which downloads them,');
  console.error('or put protoc 3.19.1 and its grpc_node_plugin into the bin folder of grpc-tools by hand.');
  process.exitCode = 1;
} else {
  process.exitCode = generate(process.cwd(), protoFile, 'gen');
}
