export { describeStatus } from './describe.ts';
export * from './picture.ts';
export { type LaneOptions, laneOf, laneTitles, TIMES_WIDTH } from './to-lanes.ts';
export { type ManyLanesOptions, manyLanesOf, manyLanesTitles } from './to-many-lanes.ts';
export { CALL_ID, type TraceClientOptions, type TraceOptions, traceClient } from './trace-client.ts';
export { traceServer } from './trace-server.ts';
