/**
 * What Maven makes of the poms here, and where. Plain JavaScript: whether it must be made at all is
 * asked before the dependencies are there.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from './environment.mjs';

const hashDigits = 8;
const here = import.meta.dirname;

/** What the broker's jars are listed by. */
export const kafkaPom = join(here, 'kafka', 'pom.xml');
/** What the registry is made from. */
export const registryInputs = ['pom.xml', 'application.properties'].map((file) =>
  join(here, 'registry', file),
);

/** Names what a folder was made from: another content of these files gives another folder. */
export function contentHash(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, hashDigits);
}

/** The release of Kafka that the pom pins. */
export function kafkaVersion() {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(kafkaPom, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${kafkaPom} names no kafka.version`);
  return version;
}

/** Names the jars in the cache: their release and the pom that lists them. */
export const kafkaProgram = () => `kafka-${kafkaVersion()}-${contentHash(kafkaPom)}`;

/** Names the assembled registry in the cache: by the files that it is made from. */
export const registryProgram = () => `registry-${contentHash(...registryInputs)}`;

const isCached = (name) => existsSync(join(cacheRoot(), name));
/** Whether the jars have been fetched already, so that Maven is not needed. */
export const hasKafkaJars = () => isCached(kafkaProgram());
/** Whether the registry has been assembled already, so that Maven is not needed. */
export const hasRegistry = () => isCached(registryProgram());

/** Maven's local repository for what is made here; that of the user may belong to anything. */
export const mavenRepository = () => join(cacheRoot(), 'maven');
