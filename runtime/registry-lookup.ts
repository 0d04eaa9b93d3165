/** An Avro schema and what it refers to, each before those that use it; or why there is none. */
export type FoundSchema =
  | { readonly ok: true; readonly schema: unknown; readonly named: readonly unknown[] }
  | { readonly ok: false; readonly reason: string };

/** Bounds a question to the registry. */
export const requestTimeoutMs = 10_000;
/** Bounds what one schema may refer to; more is a mistake or an attack. */
const maxReferences = 100;
/**
 * "Subject, version or schema not found": a 404 without one of them comes from something between us
 * and the registry.
 */
const notFoundCodes: readonly unknown[] = [40401, 40402, 40403];

type Reference = { readonly subject: string; readonly version: number | string };
type Answer = {
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly references?: readonly Reference[] | null;
  readonly error_code?: unknown;
};

/** Null when the registry knows nothing there; throws when it is down or no registry at all. */
async function ask(url: string): Promise<Answer | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
  const answer = (await response.json()) as Answer;
  if (notFoundCodes.includes(answer.error_code)) return null;
  if (response.ok && typeof answer.schema === 'string') return answer;
  throw new Error(`the registry answered ${response.status} for ${new URL(url).pathname}`);
}

/** The JSON of an answer; a schema can also be just the name of a primitive, `"string"`. */
function contentOf({ schema, schemaType = 'AVRO' }: Answer): FoundSchema {
  if (schemaType !== 'AVRO') return { ok: false, reason: `it is ${String(schemaType)}, not Avro` };
  try {
    return { ok: true, schema: JSON.parse(String(schema)), named: [] };
  } catch {
    return { ok: false, reason: 'it is no JSON' };
  }
}

/**
 * Finds a schema by its id, with the schemas that it refers to and those that they refer to. Not by
 * the registry's client: it takes a schema that it cannot parse for a registry that is down. Throws
 * whatever a registry that is down makes of it.
 */
export async function findSchema(url: string, id: number): Promise<FoundSchema> {
  const unknown: FoundSchema = { ok: false, reason: 'the registry does not have it' };
  if (id <= 0) return unknown;
  const found = await ask(`${url}/schemas/ids/${id}`);
  if (!found) return unknown;
  const content = contentOf(found);
  if (!content.ok) return content;
  const named = new Map<string, unknown>();
  const problem = await follow(url, found.references ?? [], named);
  return problem === null
    ? { ...content, named: [...named.values()] }
    : { ok: false, reason: problem };
}

/** Adds what is referred to, deepest first; answers what is wrong with it, or null. */
async function follow(
  url: string,
  references: readonly Reference[],
  named: Map<string, unknown>,
): Promise<string | null> {
  for (const { subject, version } of references) {
    const place = `${subject} version ${version}`;
    if (named.has(place)) continue;
    if (named.size >= maxReferences) return `it refers to more than ${maxReferences} schemas`;
    // Its place is kept first: schemas that refer to each other in a ring end here.
    named.set(place, 'null');
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
    const found = await ask(`${url}${path}`);
    if (!found) return `it refers to ${place}, which the registry does not have`;
    const content = contentOf(found);
    if (!content.ok) return `it refers to ${place}; ${content.reason}`;
    const problem = await follow(url, found.references ?? [], named);
    if (problem !== null) return problem;
    named.delete(place);
    named.set(place, content.schema);
  }
  return null;
}
