import { join } from 'node:path';
import { testProtoPackage } from '@grpc-by-example/proto-tools';

testProtoPackage(join(import.meta.dirname, '..'), 'streaming_calc.proto');
