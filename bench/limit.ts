import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../dev/infra/command.ts';
import { javaCommand } from '../dev/infra/environment.mjs';
import { topics } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { type Ends, readBetween } from './committed.ts';
import { median } from './statistics.ts';

/** What the broker takes from a producer that does nothing but send. */
export type Limit = { readonly rate: number; readonly recordBytes: number };

const topic = 'bench-limit';
const runs = 3;
const samples = 100_000;
const timeoutMs = 300_000;
/** Ends a payload in the file; a byte that stands for it within one is replaced. */
const delimiter = '\u001e';
const sent = /(\d+) records sent, ([\d.]+) records\/sec/g;

/**
 * A record as a line of text of the same length: the tool reads its payloads as UTF-8, so each byte
 * that is not part of a letter becomes a question mark. The key comes first, for the tool has none.
 */
function payloadOf(key: Buffer, value: Buffer): string {
  const text = Buffer.concat([key, value]).toString('utf8');
  return text.replaceAll('\ufffd', '?').replaceAll(delimiter, '?');
}

/** Takes payloads from what a contender wrote. */
async function writePayloads(bench: Bench, from: Ends, to: Ends, file: string): Promise<number> {
  const payloads: string[] = [];
  await readBetween(bench.kafka, from, to, (records) => {
    for (const { key, value } of records) {
      if (payloads.length >= samples || !key || !value) return;
      payloads.push(payloadOf(key, value));
    }
  });
  writeFileSync(file, payloads.join(delimiter));
  const bytes = payloads.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes / payloads.length;
}

async function runOnce(bench: Bench, payloads: string): Promise<number> {
  const producer = {
    'bootstrap.servers': bench.brokers.join(','),
    acks: 'all',
    // As the engine compresses.
    'compression.type': 'zstd',
    'compression.zstd.level': '1',
    'batch.size': String(256 * 1024),
    'linger.ms': '20',
    'buffer.memory': String(128 * 1024 * 1024),
  };
  const options = {
    topic,
    'num-records': String(bench.options.scale.limitRecords),
    throughput: '-1',
    'payload-file': payloads,
    'payload-delimiter': delimiter,
    'transactional-id': topic,
    'transaction-duration-ms': '100',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const props = Object.entries(producer).map(([name, value]) => `${name}=${value}`);
  const tool = 'org.apache.kafka.tools.ProducerPerformance';
  const jvm = ['-Xmx2g', '-XX:+UseParallelGC', '-cp', bench.classPath];
  const { code, output } = await runCommand(
    javaCommand(),
    [...jvm, tool, ...args, '--producer-props', ...props],
    { timeoutMs },
  );
  const rate = [...output.matchAll(sent)].at(-1)?.[2];
  if (code !== 0 || !rate) throw new Error(`${tool} failed:\n${output}`);
  return Number(rate);
}

/** Runs Kafka's own producer benchmark with notifications that were really written. */
export async function measureLimit(bench: Bench, from: Ends, to: Ends): Promise<Limit> {
  await bench.createTopics([{ ...topics.emailNotificationsBulk, name: topic }]);
  const file = join(bench.folder, 'payloads');
  const recordBytes = await writePayloads(bench, from, to, file);
  const rates: number[] = [];
  while (rates.length < runs) rates.push(await runOnce(bench, file));
  bench.say(`limit: ${rates.map((rate) => Math.round(rate)).join(', ')} records/s`);
  return { rate: median(rates), recordBytes };
}
