import { deadLetterHeaders } from '../../runtime/dead-letter.ts';
import { topics } from '../../schemas/topics.ts';
import { linesWithJava } from './java-lines.ts';

/** A header of a record that cannot be used: whose it is. It stays with the record. */
export const poisonHeader = 'faults.poison';

/** What a letter must say: of which record, why, and where that lay. */
export type LetterFacts = {
  /** The trial and a number of its own, `trial/3`. */
  readonly poison: string;
  readonly code: string;
  readonly topic: string;
  readonly partition: number | string;
  readonly offset: number | string;
};

export const letterId = ({ poison, code, topic, partition, offset }: LetterFacts): string =>
  `${poison} ${code} ${topic}-${partition} at ${offset}`;

/**
 * Rows are told of outside of transactions, before the checkpoint moves past them: a kill between
 * the two tells again. What they are told of must be right each time, how often is not counted.
 */
const tables: ReadonlySet<string> = new Set(
  [topics.users, topics.preferences, topics.suppressions].map(({ name }) => name),
);

/** What a line about a letter holds, or a letter without any header. */
const anyHeader = 'dead-letter.';
const noHeaders = 'NO_HEADERS';

/** The dead letters, as Java reads their headers. */
export async function readLettersWithJava(options: {
  readonly classPath: string;
  readonly brokers: readonly string[];
}): Promise<readonly string[]> {
  const found: string[] = [];
  const told = new Set<string>();
  const properties = ['print.headers=true', 'print.value=false'];
  const read = { ...options, topics: [topics.deadLetters.name], properties };
  for await (const line of linesWithJava(read)) {
    // The tool says other things on the same stream.
    if (!line.includes(anyHeader) && !line.startsWith(noHeaders)) continue;
    const header = (name: string) =>
      new RegExp(`(?:^|,)${name.replaceAll('.', '\\.')}:([^,\\t]*)`).exec(line)?.[1] ?? '';
    const topic = header(deadLetterHeaders.topic);
    const id = letterId({
      poison: header(poisonHeader),
      code: header(deadLetterHeaders.code),
      topic,
      partition: header(deadLetterHeaders.partition),
      offset: header(deadLetterHeaders.offset),
    });
    if (tables.has(topic) && told.has(id)) continue;
    told.add(id);
    found.push(id);
  }
  return found;
}
