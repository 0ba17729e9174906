// The code that protoc generated, as it is: what a project has that does not mind numbers.
import { createRequire } from 'node:module';
import type { StreamingCalcServiceClient } from 'calc-proto/gen/streaming_calc_grpc_pb.js';

type Generated = typeof import('calc-proto/gen/streaming_calc_grpc_pb.js');
/** Of google-protobuf. */
export type Int64Value = Parameters<ReturnType<StreamingCalcServiceClient['incrementalSum']>['write']>[0];

const require = createRequire(createRequire(import.meta.url).resolve('calc-proto/package.json'));
export const generated: Generated = require('./gen/streaming_calc_grpc_pb.js');
const { Int64Value } = require('google-protobuf/google/protobuf/wrappers_pb.js');

export const int64Value = (value: number): Int64Value => new Int64Value().setValue(value);
