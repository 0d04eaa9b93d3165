import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandPath } from '../dev/infra/environment.mjs';
import { findCommand } from '../dev/infra/find-command.ts';
import { lanes, type Topic, topics } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';

/** A program that does the job: the engine, or Kafka Streams in one of its variants. */
export type Contender = {
  readonly name: string;
  /** Its own copy of a topic; tables are the same for all. */
  topicOf(topic: Topic): string;
  /** Starts its processes; that it can work is found out from outside. */
  start(settings?: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
  /** Deletes what it keeps on disk. */
  wipe(): void;
  pids(): readonly number[];
  /** Lines that its processes printed since they were started. */
  lines(): readonly string[];
};

/** How one process of a contender is run. */
export type Command = { readonly file: string; readonly args: readonly string[] };

type Spec = {
  readonly name: string;
  readonly prefix: string;
  readonly processes: number;
  readonly env: Readonly<Record<string, string>>;
  /** Where it keeps its state. */
  readonly stateFolder: string;
  command(settings: Readonly<Record<string, string>>): Command;
};

/** Topics that are a contender's own: its input and its output. */
export const ownTopics: readonly Topic[] = [
  topics.episodeReleased,
  topics.commentReplied,
  topics.directCommands,
  topics.broadcastCommands,
  ...Object.values(lanes).flatMap(({ direct, bulk }) => [direct, bulk]),
];

const stopBoundMs = 30_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const bound = setTimeout(() => child.kill('SIGKILL'), stopBoundMs);
  await ended;
  clearTimeout(bound);
}

/** The kernel ends the process when we die, so that not even a SIGKILL leaves it behind. */
function watched({ file, args }: Command): Command {
  const setpriv = findCommand('setpriv', commandPath());
  return setpriv ? { file: setpriv, args: ['--pdeathsig', 'KILL', file, ...args] } : { file, args };
}

export function createContender(bench: Bench, spec: Spec): Contender {
  const logFolder = join(bench.folder, 'logs');
  mkdirSync(logFolder, { recursive: true });
  const own = new Set(ownTopics.map(({ name }) => name));
  let children: ChildProcess[] = [];
  const logOf = (index: number) => join(logFolder, `${spec.name}-${index}.log`);
  const lines = () =>
    children.flatMap((_, index) => readFileSync(logOf(index), 'utf8').split('\n').filter(Boolean));

  function spawnOne(index: number, command: Command): ChildProcess {
    const { file, args } = watched(command);
    const log = openSync(logOf(index), 'w');
    const child = spawn(file, args, {
      env: { PATH: process.env['PATH'], ...spec.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return child;
  }

  const stop = async () => {
    await Promise.all(children.map(end));
  };
  bench.onClose(stop);
  return {
    name: spec.name,
    topicOf: (topic) => (own.has(topic.name) ? spec.prefix + topic.name : topic.name),
    start(settings = {}) {
      mkdirSync(spec.stateFolder, { recursive: true });
      const command = spec.command(settings);
      children = Array.from({ length: spec.processes }, (_, index) => spawnOne(index, command));
    },
    stop,
    wipe: () => rmSync(spec.stateFolder, { recursive: true, force: true }),
    pids() {
      const dead = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode);
      if (dead) throw new Error(`${spec.name} ended:\n${lines().slice(-20).join('\n')}`);
      return children.map(({ pid }) => pid ?? 0);
    },
    lines,
  };
}
