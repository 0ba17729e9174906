import { setTimeout } from 'node:timers/promises';
import { type CallOptions, type ClientUnaryCall, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  bidiCall,
  clientStreamingCall,
  type CallOptions as OurOptions,
  STREAMING,
  serverStreamingCall,
  unaryCall,
} from '../../src/index.ts';
import { type Answer, type Ask, ask, type TestClient } from '../test-client.ts';
import { askOf, connect } from './definition.ts';
import type { ClientPlan, Kind, Moment } from './plans.ts';
import { asks, asksInTime, type Connection, Counter, PATIENCE_MS } from './stack.ts';

export function connectOurs(port: number): Connection {
  const client = connect(port, STREAMING);
  return {
    async call(kind, plan, entered) {
      const controller = new AbortController();
      const call = startCall[kind](client, plan, {
        deadline: Date.now() + (plan.deadline ?? PATIENCE_MS),
        signal: plan.aborts && controller.signal,
      });
    },
    close: () => client.close(),
  };
}
