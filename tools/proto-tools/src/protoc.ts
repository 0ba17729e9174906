import { download } from './download.ts';
import { grpcTools } from './generate.ts';

const failure = await download(grpcTools);
if (failure) {
  for (const line of failure) console.error(line);
  process.exitCode = 1;
} else console.log(`protoc and grpc_node_plugin are in ${grpcTools}`);
