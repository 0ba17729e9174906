import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, programCommand } from '@grpc-by-example/testing';
import { load, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';

const deploy = join(import.meta.dirname, '../deploy');
const SERVER = join(import.meta.dirname, '../server/src/main.ts');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { name: string; containerPort: number }[];
  readonly securityContext: unknown;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly readinessProbe: { readonly grpc?: { readonly port: number } };
  readonly livenessProbe: { readonly periodSeconds: number; readonly failureThreshold: number };
}
interface Workload {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: object;
        readonly containers: readonly Container[];
      };
    };
    readonly selector: object;
  };
}

const objects = ['datahub', 'nats'].map((name) => loadAll(read(`kubernetes/${name}.yaml`)) as Workload[]);
const [hub, broker] = objects.map((all) => all.find(({ kind }) => /^(Deployment|StatefulSet)$/.test(kind)));
const server = hub?.spec.template.spec.containers[0];
const args = server?.args ?? [];

/** What the server may take at its end, beside its grace: the last statuses, and what is to be closed. */
const LAST_SECONDS = 12;
const graceIn = (args: readonly string[]) => Number(args.find((arg) => arg.startsWith('--grace='))?.split('=')[1]);

/** Starts the server with the arguments of a manifest, on this machine alone. */
async function startsWith(args: readonly string[]): Promise<string> {
  const free = args.includes('--metrics-port=9464') ? ['--metrics-port=0', '--metrics-host=127.0.0.1'] : [];
  await using program = new Program(programCommand(SERVER, ...args, '--host=127.0.0.1', '--port=0', ...free));
  const [line] = await program.prints(/.* listens on .*/);
  program.signal('SIGTERM');
  return `${line.replace(/:\d+\..*/, '')}, ${await program.ended}`;
}

describe('on Kubernetes', () => {
  test('the server takes its arguments', async () => {
    expect(await startsWith(args)).toBe('datahub-server listens on 127.0.0.1, 0');
  });

  test('it has the time to stop in order before it is killed', () => {
    const { terminationGracePeriodSeconds = 0 } = hub?.spec.template.spec ?? {};
    const wait = server?.lifecycle?.preStop.sleep.seconds ?? Number.NaN;
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(wait + graceIn(args) + LAST_SECONDS);
  });

  test('it is not killed since it says NOT_SERVING while it stops', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = server?.livenessProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeGreaterThan(graceIn(args) + LAST_SECONDS);
  });

  test.each([
    ['the server', hub],
    ['the broker', broker],
  ])('%s runs without rights, and may not write to its image', (_, workload) => {
    const { securityContext, containers } = workload?.spec.template.spec ?? {};
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(containers?.map(({ securityContext }) => securityContext)).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    ]);
  });

  test('services, budgets and workloads select the same pods', () => {
    for (const [index, all] of objects.entries()) {
      const { labels } = [hub, broker][index]?.spec.template.metadata ?? {};
      const selectors = all.map(({ spec: { selector } }) =>
        'matchLabels' in selector ? selector.matchLabels : selector,
      );
      expect(selectors).toEqual(all.map(() => labels));
    }
  });
});

describe('with Docker Compose', () => {
  const { services } = load(read('compose.yaml')) as {
    services: {
      server: { command: string[]; stop_grace_period: string; environment: { GRPC_BROKER: string } };
      nats: { image: string };
    };
  };

  test('the server takes its arguments, and has the time to stop in order', async () => {
    expect(await startsWith(services.server.command)).toBe('datahub-server listens on 127.0.0.1, 0');
    const seconds = Number.parseInt(services.server.stop_grace_period, 10);
    expect(seconds).toBeGreaterThanOrEqual(graceIn(services.server.command) + LAST_SECONDS);
  });

  test('server and broker are the same as on Kubernetes', () => {
    expect(services.nats.image).toBe(read('kubernetes/nats.yaml').match(/image: (\S+)/)?.[1]);
    expect(read('kubernetes/datahub.yaml')).toContain(`value: '${services.server.environment.GRPC_BROKER}'`);
  });
});
