import { join } from 'node:path';
import { testProtoPackage } from 'proto-tools';

testProtoPackage(join(import.meta.dirname, '..'), 'notes.proto');
