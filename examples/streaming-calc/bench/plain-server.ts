// The calculator by plain grpc-js, as its documentation writes servers, with default options and generated code.
import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { IStreamingCalcServiceServer } from 'calc-proto/gen/streaming_calc_grpc_pb.js';
import { generated, type Int64Value, int64Value } from './generated.ts';

const calc: IStreamingCalcServiceServer = {
  sum(call, callback) {
    let sum = 0;
    call.on('data', (value: Int64Value) => {
      sum += value.getValue();
    });
    call.on('end', () => callback(null, int64Value(sum)));
  },
  incrementalSum(call) {
    let sum = 0;
    call.on('data', (value: Int64Value) => {
      sum += value.getValue();
      call.write(int64Value(sum));
    });
    call.on('end', () => call.end());
  },
};

const server = new Server();
server.addService(generated.StreamingCalcServiceService, calc);
const port = await promisify(server.bindAsync.bind(server))('localhost:0', ServerCredentials.createInsecure());
console.log(`plain server listens on localhost:${port}.`);
