import { generate } from './generate.ts';
import { isReady } from './is-ready.ts';

const [protoFile] = process.argv.slice(2);
if (!protoFile) {
  console.error('Usage: proto-generate FILE.proto (writes the generated code to gen/)');
  process.exitCode = 2;
} else if (isReady()) {
  process.exitCode = generate(process.cwd(), protoFile, 'gen');
}
