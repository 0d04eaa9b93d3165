import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePort } from '../../../dev/infra/ports.ts';
import { type BuiltStage, ImageBuild } from './built-image.ts';
import { readCompose } from './compose-file.ts';
import { until } from './system.ts';

/** A service at work, as far as a plain machine can do what a container does. */
export type Container = {
  /** Where its health server answers. */
  readonly healthPort: number;
  output(): string;
  /** Resolves when it has ended by itself. */
  ended(): Promise<{ readonly code: number | null; readonly output: string }>;
  stop(): Promise<void>;
};

type Settings = Readonly<Record<string, string>>;

export type Containers = {
  /** The file system of the image of the roles. */
  readonly image: BuiltStage;
  /** Runs the command of a service, with more arguments behind it. */
  run(service: string, args?: readonly string[], settings?: Settings): Promise<Container>;
  /** Runs a service until the health check of its container is content. */
  start(service: string, settings?: Settings): Promise<Container>;
  /** Ends all that was started, the last first. */
  close(): Promise<void>;
};

const asRoot = process.getuid?.() === 0;
/** The usual id of the first user; one who is not root can be nobody else. */
const uid = process.getuid?.() || 1000;

/**
 * Builds the images of docker-compose.yml in plain folders and runs its services from them: their
 * commands, their environment, their user. Only addresses are those of the given environment.
 */
export function buildContainers(addresses: Settings): Containers {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-image-'));
  // Docker's folders may be entered by everyone; those of mkdtemp only by their owner.
  chmodSync(folder, 0o755);
  const args = { UID: String(uid) };
  const build = new ImageBuild({ folder, args, likeClone: ['dev-dependencies'] });
  const product = build.stage('product');
  const dev = build.stage('dev');
  const started: Container[] = [];

  async function run(
    service: string,
    args: readonly string[] = [],
    settings: Settings = {},
  ): Promise<Container> {
    const { command = '', environment, build: from } = readCompose().services[service] ?? {};
    const isDev = from?.target === 'dev';
    const stage = isDev ? dev : product;
    const healthPort = await choosePort([]);
    const [shell = '', ...rest] = [...stage.entrypoint, ...command.split(' '), ...args];
    const chunks: Buffer[] = [];
    const child = spawn(shell, rest, {
      cwd: join(stage.root, stage.workingDir),
      env: {
        ...stage.environment,
        ...(environment as Settings),
        ...addresses,
        HEALTH_PORT: String(healthPort),
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // What is for development reads this clone's node_modules, which may be ours alone to see.
      ...(asRoot && !isDev ? { uid: stage.user, gid: stage.user } : {}),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    const closed = once(child, 'close');
    const output = () => Buffer.concat(chunks).toString();
    const ended = async () => {
      await closed;
      return { code: child.exitCode, output: output() };
    };
    const stop = async () => {
      child.kill('SIGTERM');
      await closed;
    };
    const container = { healthPort, output, ended, stop };
    started.push(container);
    return container;
  }

  return {
    image: product,
    run,
    async start(service, settings = {}) {
      const container = await run(service, [], settings);
      const { test = [] } = readCompose().services[service]?.healthcheck ?? {};
      const [, , ...own] = test;
      const probe = own.length > 0 ? own : ['container/probe.mjs'];
      let gone = false;
      void container.ended().then(() => (gone = true));
      await until(`${service} is healthy`, async () => {
        if (gone) throw new Error(`${service} ended: ${container.output()}`);
        const child = spawn('node', probe, {
          cwd: join(product.root, product.workingDir),
          env: { ...product.environment, HEALTH_PORT: String(container.healthPort) },
        });
        const [code] = (await once(child, 'exit')) as [number];
        return code === 0;
      });
      return container;
    },
    async close() {
      for (const each of started.toReversed()) await each.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
