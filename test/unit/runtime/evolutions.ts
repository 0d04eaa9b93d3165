import fc from 'fast-check';

/** What must become of a value: it is read, or refused at a place. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string };

/** A reader's schema, one that a writer made of it, a value as avsc writes it, and its outcome. */
export type Evolution = {
  readonly reader: unknown;
  readonly writer: unknown;
  readonly written: unknown;
  readonly outcome: Outcome;
};

/** Made for a place: names of types must differ, and a refusal names its path. */
type Part = (place: string, path: string) => Evolution;

const read = (value: unknown): Outcome => ({ ok: true, value });
const long = (logicalType?: string) => (logicalType ? { type: 'long', logicalType } : 'long');

/** A value that one schema reads as it is, or that nobody can. */
function leaf(
  reader: unknown,
  writer: unknown,
  written: unknown,
  value: { readonly value: unknown } | null,
): Part {
  return (_, path) => ({
    reader,
    writer,
    written,
    outcome: value ? read(value.value) : { ok: false, path },
  });
}

const invalid = Buffer.from([0x61, 0xff]);
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const texts: fc.Arbitrary<Part> = text.chain((value) =>
  fc.constantFrom(
    leaf('string', 'string', value, { value }),
    leaf('string', { type: 'string', logicalType: 'uuid' }, value, { value }),
    leaf('string', 'bytes', Buffer.from(value), { value }),
    leaf('string', 'bytes', invalid, null),
    leaf('string', 'int', 7, null),
    leaf('bytes', 'string', value, { value: Buffer.from(value) }),
    leaf('bytes', 'bytes', Buffer.from(value), { value: Buffer.from(value) }),
  ),
);

const int = fc.integer();
const whole: fc.Arbitrary<Part> = int.chain((value) =>
  fc.constantFrom(
    ...['int', 'long', 'double'].flatMap((writer) => [
      leaf('int', writer, value, { value }),
      leaf('long', writer, value, { value }),
      leaf('double', writer, value, { value }),
    ]),
    leaf('int', 'long', 2 ** 40 + value, null),
    leaf('int', 'double', value + 0.5, null),
    leaf('long', 'double', 2 ** 60, null),
    leaf('int', 'string', '7', null),
    leaf('boolean', 'boolean', value > 0, { value: value > 0 }),
    leaf('boolean', 'int', 1, null),
    leaf('null', 'null', null, { value: null }),
  ),
);

const millis = long('timestamp-millis');
const times: fc.Arbitrary<Part> = fc
  .integer({ min: -(10 ** 12), max: 10 ** 13 })
  .chain((at) =>
    fc.constantFrom(
      leaf(millis, millis, at, { value: at }),
      leaf(millis, long(), at, { value: at }),
      leaf(millis, long('timestamp-micros'), at, { value: Math.floor(at / 1000) }),
      leaf(millis, long('local-timestamp-micros'), at, { value: Math.floor(at / 1000) }),
      leaf(millis, long('time-micros'), at, null),
    ),
  );

/** An enum with more symbols, fewer or others, with or without one for the unknown. */
const symbols: fc.Arbitrary<Part> = fc
  .record({
    theirs: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
    at: fc.nat(),
    hasFallback: fc.boolean(),
  })
  .map(({ theirs, at, hasFallback }): Part => {
    const ours = ['a', 'b', 'c', 'unknown'];
    const symbol = theirs[at % theirs.length] ?? 'a';
    return (place, path) => {
      const refused: Outcome = hasFallback ? read('unknown') : { ok: false, path };
      const type = { type: 'enum', name: `E${place}` };
      return {
        reader: { ...type, symbols: ours, ...(hasFallback ? { default: 'unknown' } : {}) },
        writer: { ...type, symbols: theirs, namespace: 'com.example' },
        written: symbol,
        outcome: ours.includes(symbol) ? read(symbol) : refused,
      };
    };
  });

/** The name under which avsc wraps a branch. */
function branchName(schema: unknown): string {
  if (typeof schema === 'string') return schema;
  const { type, name, namespace } = schema as Record<string, string>;
  return name ? (namespace ? `${namespace}.${name}` : name) : (type ?? '');
}

type Null = 'both' | 'ours' | 'theirs' | 'more' | 'null' | 'nullForUs';

/** What may be null for us, for them, for both; and what has one branch more for them. */
const optional = (part: Part): fc.Arbitrary<Part> =>
  fc.constantFrom<Null[]>('both', 'ours', 'theirs', 'more', 'null', 'nullForUs').map(
    (how): Part =>
      (place, path) => {
        const inner = part(place, path);
        const nothing = branchName(inner.reader) === 'null' || Array.isArray(inner.writer);
        if (nothing || Array.isArray(inner.reader)) return inner;
        const other = { type: 'fixed', name: `F${place}`, size: 2 };
        const wrapped = { [branchName(inner.writer)]: inner.written };
        const ours = { ...inner, reader: ['null', inner.reader] };
        switch (how) {
          case 'ours':
            return ours;
          case 'theirs':
            return { ...inner, writer: ['null', inner.writer], written: wrapped };
          case 'more':
            return { ...ours, writer: [other, inner.writer, 'null'], written: wrapped };
          case 'null':
            return { ...ours, writer: [inner.writer, 'null'], written: null, outcome: read(null) };
          case 'nullForUs':
            return {
              ...inner,
              writer: ['null', inner.writer],
              written: null,
              outcome: { ok: false, path },
            };
          case 'both':
            return { ...ours, writer: ['null', inner.writer], written: wrapped };
        }
      },
  );

/** A list in which each item has one schema; some of its items may be refused. */
const list =
  (part: Part, length: number): Part =>
  (place, path) => {
    const items = Array.from({ length }, (_, index) => part(`${place}i`, `${path}[${index}]`));
    const [sample = part(`${place}i`, path)] = items;
    const refused = items.find(({ outcome }) => !outcome.ok)?.outcome;
    const values = items.map(({ outcome }) => (outcome.ok ? outcome.value : null));
    return {
      reader: { type: 'array', items: sample.reader },
      writer: { type: 'array', items: sample.writer },
      written: items.map((each) => each.written),
      outcome: refused ?? read(values),
    };
  };

type Fate = 'kept' | 'renamed' | 'added' | 'dropped' | 'lost';
type Member = { readonly part: Part; readonly fate: Fate; readonly at: number };

/** A record whose fields stand in another order, are more or fewer, or have new names. */
const recordOf =
  (members: readonly Member[]): Part =>
  (place, path) => {
    const fields = members.map(({ part, fate, at }, index) => {
      const name = `f${index}`;
      const fieldPath = path === '' ? name : `${path}.${name}`;
      return { name, fate, at, fieldPath, ...part(`${place}_${index}`, fieldPath) };
    });
    const has = (...fates: readonly Fate[]) => fields.filter(({ fate }) => fates.includes(fate));
    const byWriter = has('kept', 'renamed', 'added').toSorted((a, b) => a.at - b.at);
    const theirName = ({ name, fate }: (typeof fields)[number]) =>
      fate === 'renamed' ? `new_${name}` : name;
    const readInOrder = byWriter.filter(({ fate }) => fate !== 'added');
    const refused = readInOrder.find(({ outcome }) => !outcome.ok)?.outcome;
    const [lost] = has('lost');
    const values = has('kept', 'renamed', 'dropped').map(({ name, fate, outcome }) => [
      name,
      fate === 'dropped' ? 'absent' : outcome.ok ? outcome.value : null,
    ]);
    return {
      reader: {
        type: 'record',
        name: `R${place}`,
        fields: has('kept', 'renamed', 'dropped', 'lost').map(({ name, fate, reader }) =>
          fate === 'dropped' ? { name, type: 'string', default: 'absent' } : { name, type: reader },
        ),
      },
      writer: {
        type: 'record',
        name: `W${place}`,
        fields: byWriter.map((field) => ({
          name: theirName(field),
          type: field.writer,
          ...(field.fate === 'renamed' ? { aliases: [field.name] } : {}),
        })),
      },
      written: Object.fromEntries(byWriter.map((field) => [theirName(field), field.written])),
      outcome:
        refused ?? (lost ? { ok: false, path: lost.fieldPath } : read(Object.fromEntries(values))),
    };
  };

const fates = fc.constantFrom<Fate[]>('kept', 'kept', 'kept', 'renamed', 'added', 'dropped');
/** A field that its writer does not have and that has no default makes every record unreadable. */
const fate = fc.oneof(
  { weight: 40, arbitrary: fates },
  { weight: 1, arbitrary: fc.constant<Fate>('lost') },
);

const { record } = fc.letrec<{ part: Part; record: Part }>((tie) => ({
  part: fc
    .oneof(
      { maxDepth: 3 },
      { weight: 8, arbitrary: fc.oneof(texts, whole, times, symbols) },
      { weight: 1, arbitrary: tie('record') },
      {
        weight: 2,
        arbitrary: fc.tuple(tie('part'), fc.nat({ max: 3 })).map(([part, n]) => list(part, n)),
      },
    )
    .chain((part) => fc.oneof(fc.constant(part), optional(part))),
  record: fc
    .array(fc.record({ part: tie('part'), fate, at: fc.nat() }), {
      maxLength: 5,
    })
    .map(recordOf),
}));

/** Records in random schemas, each with a writer's random evolution of it. */
export const evolutions: fc.Arbitrary<Evolution> = record.map((part) => part('', ''));
