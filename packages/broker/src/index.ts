export type {
  Broker,
  BrokerSubscription,
  MessageKind,
  Relay,
  RelayListener,
  SubscribeOptions,
  Will,
} from './broker.ts';
export { type Connection, connectLog, connectRelay } from './connect.ts';
export { type BrokerOptions, withBroker } from './options.ts';
export { positionOf, sequenceAt } from './position.ts';
