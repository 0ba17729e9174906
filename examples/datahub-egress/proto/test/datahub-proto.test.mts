import { join } from 'node:path';
import { testProtoPackage } from 'proto-tools';

testProtoPackage(join(import.meta.dirname, '..'), 'data_hub.proto');
