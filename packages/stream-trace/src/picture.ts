// What needs no gRPC, and runs in a browser too.
export { Callers } from './callers.ts';
export { Fold, folded } from './fold.ts';
export { cut, formatBytes, formatCount, formatMs } from './format.ts';
export { inOrder } from './in-order.ts';
export { readTrace, readTraceLine } from './read-trace.ts';
export { readSvgFile, type SvgFile, toSvgFile } from './svg-file.ts';
export { SVG_STYLE, type SvgOptions, toSvg } from './to-svg.ts';
export { type ToldEvent, toTable } from './to-table.ts';
export { isOfWire, noteOf, now, type Side, type TraceEvent, type TraceListener } from './trace-event.ts';
export { words } from './words.ts';
