import { linesWithJava } from './java-lines.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const deserializer = 'org.apache.kafka.common.serialization.BytesDeserializer';

/** The notification ids in some topics, as Java reads them. Only records that hold `mark` count. */
export async function readIdsWithJava(options: {
  readonly classPath: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly mark: string;
}): Promise<readonly string[]> {
  const ids: string[] = [];
  const properties = [`value.deserializer=${deserializer}`];
  for await (const line of linesWithJava({ ...options, properties })) {
    if (!line.includes(options.mark)) continue;
    const id = uuid.exec(line)?.[0];
    if (id === undefined) throw new Error(`no notification id in ${line.slice(0, 200)}`);
    ids.push(id);
  }
  return ids;
}
