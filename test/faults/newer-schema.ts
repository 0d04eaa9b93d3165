import { openRegistry } from '../../runtime/registry.ts';
import { schemaOf } from '../../runtime/serde.ts';
import { subjectOf, type Topic } from '../../schemas/topics.ts';
import type { Written } from '../scenarios/scenario.ts';
import type { Plant } from './plant.ts';

/** A schema that upstream has and this release does not: ours, and one field behind all others. */
export type NewerSchema = {
  readonly id: number;
  /** The bytes of a value that was written with it. */
  encode(written: Written): Buffer;
};

/** The first branch of a union, null: how Avro writes that the new field is not set. */
const notSet = Buffer.from([0]);

/** Registers such a schema for a topic, as the team upstream does. */
export async function newerSchema(plant: Plant, topic: Topic, field: string): Promise<NewerSchema> {
  const ours = schemaOf(topic) as { readonly fields: readonly object[] } | null;
  if (!ours) throw new Error(`${topic.name} has no schema`);
  const added = { name: field, type: ['null', 'string'], default: null };
  const registry = openRegistry(plant.addresses.schemaRegistryUrl);
  const schema = { ...ours, fields: [...ours.fields, added] };
  const id = await registry.register(subjectOf(topic), schema, 'FULL_TRANSITIVE');
  return {
    id,
    encode(written) {
      const bytes = Buffer.concat([plant.encode(written), notSet]);
      bytes.writeInt32BE(id, 1);
      return bytes;
    },
  };
}
