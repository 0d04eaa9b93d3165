import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { topics } from '../../schemas/topics.ts';
import { type Bench, openBench } from '../bench.ts';
import { loadCatalogue, loadUsers, recordFor } from '../load.ts';
import { describeMachine } from '../machine.ts';
import { readOptions } from '../options.ts';
import { fillHistory } from './fill-history.ts';
import { measureHistory } from './history.ts';
import { type Measured, measure, requestTemplate } from './measure.ts';
import { measurePages, type PageMeasured } from './panel.ts';
import { headOf, historySection, httpSection, panelSection } from './section.ts';
import { serverNames } from './servers.ts';

const parts = ['http', 'history', 'panel'] as const;
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: parts.join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '100' },
    servers: { type: 'string', default: serverNames.join(',') },
    written: { type: 'string', default: '400000' },
    notifications: { type: 'string', default: '10000000' },
  },
});
const isAsked = (part: (typeof parts)[number]) => values.only.split(',').includes(part);
const options = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
};

/** The servers under load, each alone on the machine. */
async function measureHttp(bench: Bench): Promise<readonly Measured[]> {
  await loadCatalogue(bench);
  const { id: key } = requestTemplate;
  await bench.producer.send([recordFor(bench, topics.templates, { key, value: requestTemplate })]);
  await loadUsers(bench, 0, bench.world.scale.fans);
  const servers = serverNames.filter((name) => values.servers.split(',').includes(name));
  return measure(bench, options, servers);
}

async function measurePanel(bench: Bench): Promise<readonly PageMeasured[]> {
  await fillHistory(bench, Number(values.notifications));
  return measurePages(bench);
}

const machine = describeMachine();
const bench = await openBench(readOptions(['--quick']));
try {
  bench.say(`${machine.hardware}; ${machine.versions}; commit ${machine.commit}`);
  const history = isAsked('history') ? await measureHistory(bench, Number(values.written)) : null;
  if (history) bench.say(JSON.stringify(history));
  const http = isAsked('http') ? await measureHttp(bench) : [];
  const pages = isAsked('panel') ? await measurePanel(bench) : [];
  const section = [
    headOf(machine, process.argv.slice(2)),
    ...(http.length > 0 ? [httpSection(http)] : []),
    ...(history ? [historySection(history)] : []),
    ...(pages.length > 0 ? [panelSection(pages, Number(values.notifications))] : []),
  ].join('\n');
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), section);
  bench.say(section);
} catch (error) {
  process.exitCode = 1;
  console.error(error);
} finally {
  await bench.close();
}
process.exit();
