/**
 * Reads one record with avsc in a process of its own, for `avro-guard.test.ts`:
 * `node avro-bomb.ts <stock|guarded> <schema as JSON> <record in hex>`. Prints what came out.
 */
import { createRequire } from 'node:module';
import avro from 'avsc';
import { guardAvro } from '../../../runtime/avro-guard.ts';

/** No record of some bytes has so many items; whoever reads on is not bounded by the record. */
const maxReads = 1_000_000;
type Tap = { readString(): string; skipString(): void };

const [mode, schema = '', record = ''] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const tap = (require('avsc/lib/utils') as { Tap: { prototype: Tap } }).Tap.prototype;
const { readString, skipString } = tap;
let reads = 0;
const count = () => {
  reads += 1;
  if (reads <= maxReads) return;
  console.log('still reading');
  process.exit();
};
tap.readString = function (this: Tap) {
  count();
  return readString.call(this);
};
tap.skipString = function (this: Tap) {
  count();
  skipString.call(this);
};

if (mode === 'guarded') guardAvro();
const type = avro.Type.forSchema(JSON.parse(schema) as never);
try {
  type.fromBuffer(Buffer.from(record, 'hex'));
  console.log('read');
} catch (error) {
  console.log(reads <= record.length ? 'refused' : 'refused late', (error as Error).message);
}
