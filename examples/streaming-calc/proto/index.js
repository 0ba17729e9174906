const { makeGenericClientConstructor } = require('@grpc/grpc-js');
const { serialize, deserialize } = require('./int64-value.js');
const generated = require('./gen/index.js');

const { sum, incrementalSum } = generated.StreamingCalcServiceService;

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
exports.descriptorSet = generated.descriptorSet;
