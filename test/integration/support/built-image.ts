import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, matchesGlob } from 'node:path';
import { type Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';

const clone = join(import.meta.dirname, '..', '..', '..');
const installBoundMs = 5 * 60_000;

/** A stage of the Dockerfile, built: a folder that stands for `/`, and what the image says. */
export type BuiltStage = {
  readonly root: string;
  workingDir: string;
  user: number | undefined;
  readonly environment: Record<string, string>;
  entrypoint: readonly string[];
};

export type BuildOptions = {
  /** Where the stages are built, a folder for each. */
  readonly folder: string;
  /** Values of `ARG`. */
  readonly args: Readonly<Record<string, string>>;
  /** Stages that are not built: what is copied from them is a link to the clone's own. */
  readonly likeClone: readonly string[];
};

/** What of the clone a build may see, as .dockerignore says: the last line that fits decides. */
export function isInContext(path: string): boolean {
  const lines = readFileSync(join(clone, '.dockerignore'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const fits = (pattern: string) =>
    matchesGlob(path, pattern) || path.startsWith(`${pattern}/`) || pattern === '*';
  const last = patterns.findLast((each) => fits(each.replace(/^!/, '')));
  return last?.startsWith('!') ?? true;
}

const argumentsOf = (instruction: Instruction) => instruction.getArgumentsContent() ?? '';

/** The stage that a COPY takes from. */
const sourceOf = (instruction: Instruction) =>
  (instruction as Copy).getFromFlag()?.getValue() ?? undefined;

const inside = (stage: BuiltStage, path: string) =>
  path.startsWith('/') ? join(stage.root, path) : join(stage.root, stage.workingDir, path);

/** An image from outside is a machine with Node in it: this one's. */
function machineWithNode(root: string): BuiltStage {
  const bin = join(root, 'usr', 'local', 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(process.execPath, join(bin, 'node'));
  const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  return { root, workingDir: '/', user: undefined, environment, entrypoint: [] };
}

/** The same tree once more, by hard links where cp knows them: ten thousand files, ten times. */
function linkTree(from: string, to: string): void {
  const flags = process.platform === 'linux' ? '-al' : '-a';
  execFileSync('cp', [flags, from, to]);
}

function copyFromClone(stage: BuiltStage, path: string, to: string): void {
  const target = inside(stage, to.endsWith('/') ? join(to, basename(path)) : to);
  cpSync(join(clone, path), target, { recursive: true, verbatimSymlinks: true });
}

function linkToClone(target: string): void {
  rmSync(target, { recursive: true, force: true });
  symlinkSync(join(clone, basename(target)), target);
}

/** Builds the stages that a target needs, once each, by the lines of the Dockerfile itself. */
export class ImageBuild {
  readonly #options: BuildOptions;
  readonly #stages = new Map<string, BuiltStage>();
  readonly #instructions: readonly Instruction[];

  constructor(options: BuildOptions) {
    this.#options = options;
    const text = readFileSync(join(clone, 'Dockerfile'), 'utf8');
    this.#instructions = DockerfileParser.parse(text).getInstructions();
  }

  /** The stage of this name, with all that it is made from. */
  stage(name: string): BuiltStage {
    const found = this.#stages.get(name);
    if (found) return found;
    const at = this.#instructions.findIndex((each) => argumentsOf(each).endsWith(` AS ${name}`));
    const lines = this.#instructions.slice(at + 1);
    const end = lines.findIndex((each) => each.getKeyword() === 'FROM');
    const [base = ''] = argumentsOf(this.#instructions[at] as Instruction).split(' ');
    const stage = this.#begin(name, base);
    this.#stages.set(name, stage);
    for (const line of end < 0 ? lines : lines.slice(0, end)) this.#follow(stage, line);
    return stage;
  }

  #begin(name: string, base: string): BuiltStage {
    const root = join(this.#options.folder, name);
    if (base.includes(':')) return machineWithNode(root);
    const parent = this.stage(base);
    linkTree(parent.root, root);
    const moved = (value: string) => value.replace(parent.root, root);
    const environment = Object.entries(parent.environment).map(([key, value]) => [
      key,
      moved(value),
    ]);
    return { ...parent, root, environment: Object.fromEntries(environment) };
  }

  #expand(stage: BuiltStage, text: string): string {
    const values = { ...this.#options.args, ...stage.environment };
    return text.replaceAll(/\$(\w+)/g, (_all, name: string) => values[name] ?? '');
  }

  #follow(stage: BuiltStage, line: Instruction): void {
    const text = this.#expand(stage, argumentsOf(line));
    switch (line.getKeyword()) {
      case 'WORKDIR':
        stage.workingDir = text;
        mkdirSync(inside(stage, '.'), { recursive: true });
        return;
      case 'COPY':
        return this.#copy(stage, text.split(' '), sourceOf(line));
      case 'RUN':
        execFileSync('sh', ['-c', text], {
          cwd: inside(stage, '.'),
          env: { ...process.env, ...this.#options.args, ...stage.environment },
          timeout: installBoundMs,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        return;
      case 'ENV': {
        const [, name = '', value = ''] = /^(\w+)=(\S+)$/.exec(text) ?? [];
        stage.environment[name] = value.startsWith('/') ? inside(stage, value) : value;
        return;
      }
      case 'USER':
        stage.user = Number(text.split(':')[0]);
        return;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(text) as string[];
        return;
      case 'ARG':
      case 'CMD':
      case 'EXPOSE':
      case 'HEALTHCHECK':
        return;
      default:
        throw new Error(`This test does not know ${line.getKeyword()}: teach it.`);
    }
  }

  #copy(stage: BuiltStage, paths: readonly string[], from: string | undefined): void {
    const to = paths.at(-1) ?? '.';
    for (const path of paths.slice(0, -1)) {
      if (from === undefined && !isInContext(path)) throw new Error(`${path} is in .dockerignore`);
      if (from === undefined) copyFromClone(stage, path, to);
      else if (this.#options.likeClone.includes(from)) linkToClone(inside(stage, to));
      else linkTree(inside(this.stage(from), path), inside(stage, to));
    }
  }
}
