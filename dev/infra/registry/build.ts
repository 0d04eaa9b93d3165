import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, contentHash, mavenLock } from '../cache.ts';
import { cacheRoot } from '../environment.mjs';
import { runMaven } from '../maven.ts';
import type { Progress } from '../progress.ts';

const here = import.meta.dirname;
const inputs = [join(here, 'pom.xml'), join(here, 'application.properties')] as const;
const downloadMb = 180;

/** Names the assembled registry in the cache: by the files that it is made from. */
export const registryProgram = (): string => `registry-${contentHash(...inputs)}`;

/** Whether the registry has been assembled already, so that Maven is not needed. */
export function hasRegistry(): boolean {
  return existsSync(join(cacheRoot(), registryProgram()));
}

/** Assembles the registry, once per user, and returns the jar that starts it. */
export async function registryJar(progress: Progress, signal?: AbortSignal): Promise<string> {
  const make = async (directory: string) => {
    progress('registry', { kind: 'assembling', what: 'Apicurio Registry' });
    const project = join(directory, 'project');
    const resources = join(project, 'src', 'main', 'resources');
    mkdirSync(resources, { recursive: true });
    cpSync(join(here, 'pom.xml'), join(project, 'pom.xml'));
    cpSync(join(here, 'application.properties'), join(resources, 'application.properties'));
    const reporting = { step: 'registry', totalMb: downloadMb, progress, signal };
    await runMaven(['package'], { cwd: project, ...reporting });
    renameSync(join(project, 'target', 'quarkus-app'), join(directory, 'app'));
    rmSync(project, { recursive: true, force: true });
  };
  const folder = await cached({
    name: registryProgram(),
    step: 'registry',
    lock: mavenLock,
    progress,
    make,
  });
  return join(folder, 'app', 'quarkus-run.jar');
}
