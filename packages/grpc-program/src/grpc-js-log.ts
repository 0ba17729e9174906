import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';

/**
 * Has grpc-js write nothing on stderr by itself: its lines, which begin with `E `, are for those who work on it, and what
 * they tell is told in words where it ends a call or a start. Who asks for them, by the variables of grpc-js, gets them.
 */
export function silenceGrpcJs(): void {
  const { GRPC_NODE_VERBOSITY, GRPC_VERBOSITY, GRPC_NODE_TRACE, GRPC_TRACE } = process.env;
  if (GRPC_NODE_VERBOSITY || GRPC_VERBOSITY || GRPC_NODE_TRACE || GRPC_TRACE) return;
  setLogVerbosity(logVerbosity.NONE);
}
