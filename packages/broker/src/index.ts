export type { Broker, BrokerSubscription, MessageKind, SubscribeOptions } from './broker.ts';
export { connectLog } from './connect.ts';
export { type BrokerOptions, withBroker } from './options.ts';
export { positionOf, sequenceAt } from './position.ts';
