import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { topics } from '../../schemas/topics.ts';
import { openBench } from '../bench.ts';
import { loadCatalogue, loadUsers, recordFor } from '../load.ts';
import { describeMachine } from '../machine.ts';
import { readOptions } from '../options.ts';
import { measure, requestTemplate } from './measure.ts';
import { sectionOf } from './section.ts';
import { serverNames } from './servers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '100' },
    servers: { type: 'string', default: serverNames.join(',') },
  },
});
const [rounds, seconds, connections] = [values.rounds, values.seconds, values.connections].map(
  Number,
);
const machine = describeMachine();
const bench = await openBench(readOptions(['--quick']));
try {
  bench.say(`${machine.hardware}; ${machine.versions}; commit ${machine.commit}`);
  await loadCatalogue(bench);
  const { id: key } = requestTemplate;
  await bench.producer.send([recordFor(bench, topics.templates, { key, value: requestTemplate })]);
  await loadUsers(bench, 0, bench.world.scale.fans);
  const options = { rounds: rounds ?? 1, seconds: seconds ?? 1, connections: connections ?? 1 };
  const servers = serverNames.filter((name) => values.servers.split(',').includes(name));
  const measured = await measure(bench, options, servers);
  const section = sectionOf(machine, options, measured);
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), section);
  bench.say(section);
} catch (error) {
  process.exitCode = 1;
  console.error(error);
} finally {
  await bench.close();
}
process.exit();
