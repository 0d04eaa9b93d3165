import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, mavenLock } from '../cache.ts';
import { runMaven } from '../maven.ts';
import { registryInputs, registryProgram } from '../programs.mjs';
import type { Progress } from '../progress.ts';

const [pom, properties] = registryInputs;
const downloadMb = 180;

/** Assembles the registry, once per user, and returns the jar that starts it. */
export async function registryJar(progress: Progress, signal?: AbortSignal): Promise<string> {
  const make = async (directory: string) => {
    progress('registry', { kind: 'assembling', what: 'Apicurio Registry' });
    const project = join(directory, 'project');
    const resources = join(project, 'src', 'main', 'resources');
    mkdirSync(resources, { recursive: true });
    cpSync(pom, join(project, 'pom.xml'));
    cpSync(properties, join(resources, 'application.properties'));
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
