import type { Field, RecordType } from './avro-type.ts';

/** A field of the writer's, and the one of the reader's that it is for. */
type Step = { readonly from: Field; readonly to: Field | null };
export type FieldMatch = { readonly steps: readonly Step[]; readonly missing: readonly Field[] };

/** Fields match by name, or by a former name that the writer gives as an alias. */
function match(writer: RecordType, reader: RecordType): FieldMatch {
  const byName = new Map(reader.fields.map((field) => [field.name, field]));
  const taken = new Set(writer.fields.map(({ name }) => byName.get(name)));
  const steps = writer.fields.map((from): Step => {
    const to = byName.get(from.name);
    if (to) return { from, to };
    const alias = from.aliases.find((each) => byName.has(each) && !taken.has(byName.get(each)));
    const renamed = alias === undefined ? undefined : byName.get(alias);
    taken.add(renamed);
    return { from, to: renamed ?? null };
  });
  return { steps, missing: reader.fields.filter((field) => !taken.has(field)) };
}

const matches = new WeakMap<RecordType, WeakMap<RecordType, FieldMatch>>();
/** The match of two record types; each is made once. */
export function matchOf(writer: RecordType, reader: RecordType): FieldMatch {
  let ofReader = matches.get(reader);
  if (!ofReader) matches.set(reader, (ofReader = new WeakMap()));
  let found = ofReader.get(writer);
  if (!found) ofReader.set(writer, (found = match(writer, reader)));
  return found;
}
