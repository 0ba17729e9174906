import { EventEmitter, once } from 'node:events';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { OperatorError } from 'grpc-program/options';
import type { Target } from './options.ts';

/** How long to wait for a connection, or for an answer of the broker. */
const PATIENCE_MS = 5_000;
/** How often to look for a broker that is away. */
const RECONNECT_MS = 250;
/** So often, the broker is asked whether it is still there; of two questions without an answer, the connection is given up. */
const PING_MS = 2_000;

interface LinkEvents {
  down: [];
  up: [];
  /** The broker lets its user do something not, which is published or subscribed to. */
  refused: [PermissionViolationError];
}

/** The connection to a broker. It comes back by itself, as long as it takes. */
export class Link extends EventEmitter<LinkEvents> {
  isUp = true;
  /** Of the brokers, for people. */
  readonly place: string;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;

  private constructor(place: string, connection: NatsConnection, manager: JetStreamManager) {
    super();
    this.setMaxListeners(0);
    this.place = place;
    this.connection = connection;
    this.manager = manager;
    void this.#watch();
  }

  /**
   * Connects, once.
   *
   * @param name by which an operator finds the connection at the broker
   * @throws OperatorError in words when there is no broker, or it refuses the credentials
   */
  static async open({ servers, credentials, ...target }: Target, name: string): Promise<Link> {
    const place = servers.join(', ');
    const connection = await connect({
      name,
      servers: [...servers],
      ...target,
      ...(credentials && { authenticator: credsAuthenticator(credentials) }),
      timeout: PATIENCE_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      // Credentials may be mended while it is away.
      ignoreAuthErrorAbort: true,
      pingInterval: PING_MS,
      noAsyncTraces: true,
    }).catch((error: Error) => {
      throw new OperatorError(cannotConnect(place, error));
    });
    // It would ask for the account; the stream is asked for anyway.
    const options = { timeout: PATIENCE_MS, checkAPI: false };
    return new Link(place, connection, await jetstreamManager(connection, options));
  }

  /** Resolves when the broker is there; rejects when the signal fires. */
  async untilUp(signal: AbortSignal): Promise<void> {
    if (!this.isUp) await once(this, 'up', { signal });
  }

  /** Waits for an answer of the broker; rejects when the connection breaks, for then it does not come. */
  answer<Answer>(promise: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onDown = () => reject(new Error('the connection broke'));
      this.on('down', onDown);
      void promise.then(resolve, reject).finally(() => this.off('down', onDown));
    });
  }

  /** Sends what is to be sent, and ends. */
  async close(): Promise<void> {
    // A broker that is away takes nothing more.
    await (this.isUp ? this.connection.drain() : Promise.reject()).catch(() => this.connection.close());
  }

  async #watch(): Promise<void> {
    for await (const event of this.connection.status()) {
      if (event.type === 'disconnect' && this.isUp) {
        this.isUp = false;
        this.emit('down');
      } else if (event.type === 'reconnect') {
        this.isUp = true;
        this.emit('up');
      } else if (event.type === 'error' && event.error instanceof PermissionViolationError) {
        this.emit('refused', event.error);
      }
    }
  }
}

function cannotConnect(place: string, error: Error): string {
  const reason = error.message || String(error.cause ?? error.name);
  if (error.name === 'AuthorizationError' || /authorization|authentication/i.test(reason))
    return `the NATS server at ${place} refused the credentials; see --broker and --broker-credentials`;
  return `no NATS server at ${place}: ${reason}; see --broker`;
}
