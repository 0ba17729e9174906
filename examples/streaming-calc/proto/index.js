const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { makeGenericClientConstructor } = require('@grpc/grpc-js');
const { serialize, deserialize } = require('./int64-value.js');
const { sum, incrementalSum } = require('./gen/streaming_calc_grpc_pb.js').StreamingCalcServiceService;

// The generated class of Int64Value holds a number, which is exact up to 2^53 only. The same bytes are a bigint here.
const exact = {
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
};

// Each name by itself: that is what lets ES modules import this CommonJS package by name, in Node as in Vitest.
exports.StreamingCalcServiceService = { sum: { ...sum, ...exact }, incrementalSum: { ...incrementalSum, ...exact } };
exports.StreamingCalcServiceClient = makeGenericClientConstructor(
  exports.StreamingCalcServiceService,
  'StreamingCalcService',
);
exports.descriptorSet = readFileSync(join(__dirname, 'gen/streaming_calc.binpb'));
