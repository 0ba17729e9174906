export type { Broker, BrokerSubscription, SubscribeOptions } from './broker.ts';
export { positionOf, sequenceAt } from './position.ts';
