import { Client, type ClientReadableStream, connectivityState, credentials, experimental, status } from '@grpc/grpc-js';
import protobuf from 'google-protobuf';

/** The name of the policy in a service config. */
export const SERVING_ROUND_ROBIN = 'serving_round_robin';

const WATCH = '/grpc.health.v1.Health/Watch';
const SERVING = 1;
/** How long after a watch has failed the next one begins. */
const AGAIN_MS = 1_000;

const watches = new Set<ClientReadableStream<Buffer>>();
let areOver = false;

/** Ends all watches for good: each is an open call, which keeps the process. */
export function endWatches(): void {
  areOver = true;
  for (const watch of watches) watch.cancel();
}

/**
 * A connection that is ready once its server has said whether it serves, and healthy while it says that it does. A
 * server that has no health service is taken to serve.
 *
 * Source: https://github.com/grpc/proposal/blob/master/A17-client-side-health-checking.md, which grpc-js does not have.
 */
class WatchedConnection extends experimental.BaseSubchannelWrapper {
  readonly #listeners = new Set<experimental.ConnectivityStateListener>();
  #references = 0;
  #hasSaid = false;
  #watch: ClientReadableStream<Buffer> | undefined;
  #next: NodeJS.Timeout | undefined;

  override ref(): void {
    super.ref();
    this.#references += 1;
    if (this.#references > 1) return;
    this.child.addConnectivityStateListener(this.#onState);
    if (this.child.getConnectivityState() === connectivityState.READY) this.#ask();
  }

  override unref(): void {
    this.#references -= 1;
    if (this.#references === 0) {
      this.child.removeConnectivityStateListener(this.#onState);
      this.#stop();
    }
    super.unref();
  }

  override getConnectivityState(): connectivityState {
    const state = this.child.getConnectivityState();
    return state === connectivityState.READY && !this.#hasSaid ? connectivityState.CONNECTING : state;
  }

  override addConnectivityStateListener(listener: experimental.ConnectivityStateListener): void {
    this.#listeners.add(listener);
  }

  override removeConnectivityStateListener(listener: experimental.ConnectivityStateListener): void {
    this.#listeners.delete(listener);
  }

  readonly #onState: experimental.ConnectivityStateListener = (_, before, now, keepaliveTime, errorMessage) => {
    const seenBefore = before === connectivityState.READY && !this.#hasSaid ? connectivityState.CONNECTING : before;
    this.#stop();
    if (now === connectivityState.READY) this.#ask();
    else for (const listener of this.#listeners) listener(this, seenBefore, now, keepaliveTime, errorMessage);
  };

  #ask(): void {
    if (areOver) {
      this.#hear(true);
      return;
    }
    const client = new Client('health', credentials.createInsecure(), { channelOverride: this.getChannel() });
    const watch = client.makeServerStreamRequest(WATCH, asIs, asIs, Buffer.of());
    this.#watch = watch;
    watches.add(watch);
    watch.on('data', (response: Buffer) => {
      if (this.#watch === watch) this.#hear(isServing(response));
    });
    watch.on('error', () => {}); // the status says it too
    watch.on('status', ({ code }) => {
      watches.delete(watch);
      if (this.#watch !== watch) return;
      this.#watch = undefined;
      this.#hear(code === status.UNIMPLEMENTED);
      if (code !== status.UNIMPLEMENTED) this.#next = setTimeout(() => this.#ask(), AGAIN_MS).unref();
    });
  }

  #hear(serves: boolean): void {
    this.setHealthy(serves);
    if (this.#hasSaid) return;
    this.#hasSaid = true;
    for (const listener of this.#listeners) listener(this, connectivityState.CONNECTING, connectivityState.READY, 0);
  }

  #stop(): void {
    clearTimeout(this.#next);
    this.#hasSaid = false;
    const watch = this.#watch;
    this.#watch = undefined;
    watch?.cancel();
  }
}

const asIs = (bytes: Buffer) => bytes;

/** What a HealthCheckResponse says; one that cannot be read does not say that the server serves. */
export function isServing(response: Uint8Array): boolean {
  try {
    const reader = new protobuf.BinaryReader(response);
    let said = 0;
    while (reader.nextField()) {
      if (reader.getFieldNumber() === 1) said = reader.readEnum();
      else reader.skipField();
    }
    return said === SERVING;
  } catch {
    return false;
  }
}

const roundRobin = experimental.parseLoadBalancingConfig({ round_robin: {} });

class Config implements experimental.TypedLoadBalancingConfig {
  static createFromJson(): Config {
    return new Config();
  }
  getLoadBalancerName(): string {
    return SERVING_ROUND_ROBIN;
  }
  toJsonObject(): object {
    return { [SERVING_ROUND_ROBIN]: {} };
  }
}

/** Calls go in turn to the addresses of a server that serve. */
class ServingRoundRobin extends experimental.ChildLoadBalancerHandler {
  constructor(helper: experimental.ChannelControlHelper) {
    super(
      experimental.createChildChannelControlHelper(helper, {
        createSubchannel: (address, options) => new WatchedConnection(helper.createSubchannel(address, options)),
      }),
    );
  }

  override updateAddressList(
    ...[endpoints, , options, note]: Parameters<experimental.ChildLoadBalancerHandler['updateAddressList']>
  ): boolean {
    return super.updateAddressList(endpoints, roundRobin, options, note);
  }

  override getTypeName(): string {
    return SERVING_ROUND_ROBIN;
  }
}

experimental.registerLoadBalancerType(SERVING_ROUND_ROBIN, ServingRoundRobin, Config);
