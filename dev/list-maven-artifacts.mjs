/**
 * Prints `dev/infra/maven-artifacts.txt` anew, after a pom has changed:
 * `rm -r ~/.cache/vestnik/maven && npm run start`, then
 * `node dev/list-maven-artifacts.mjs > dev/infra/maven-artifacts.txt`.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mavenRepository } from './infra/programs.mjs';

const root = mavenRepository();
const paths = readdirSync(root, { recursive: true }).filter((path) => /\.(pom|jar)$/.test(path));
for (const path of paths.sort()) {
  const sha1 = createHash('sha1').update(readFileSync(join(root, path)));
  console.log(`${sha1.digest('hex')} ${path}`);
}
