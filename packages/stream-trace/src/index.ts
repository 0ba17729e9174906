export { inOrder } from './in-order.ts';
export { readTrace, readTraceLine } from './read-trace.ts';
export { type LaneOptions, laneOf, laneTitles } from './to-lanes.ts';
export { toMermaid } from './to-mermaid.ts';
export { CALL_ID, traceClient } from './trace-client.ts';
export type { TraceEvent, TraceListener } from './trace-event.ts';
export { traceServer } from './trace-server.ts';
