import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';

type Content = Readonly<Record<string, unknown>>;
type Operation = {
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
/** What of the gateway's OpenAPI document says what its answers are. */
type Described = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** A pointer's part: RFC 6901, section 3. */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
const pointer = (...names: readonly string[]) => `open-api#/${names.map(escaped).join('/')}`;

/** Statuses that are given before a route is asked, whichever it is (gateway/http/). */
const beforeRoutes: ReadonlySet<number> = new Set([400, 405, 413, 414, 415, 503]);

/**
 * Checks answers against the document of a gateway: the answer to a described operation must have a
 * status, a type and a body that the document says it may have. Answers what is wrong, or null.
 */
export function createAnswerCheck(described: object) {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  formats.default(ajv);
  ajv.addSchema(described, 'open-api');
  const { paths } = described as Described;
  const routes = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  }));

  const problemWith = (status: number, type: string, body: unknown, place: string[]) => {
    const schema = ajv.getSchema(pointer(...place, 'content', type, 'schema'));
    if (!schema) return `${status} has no ${type} in the document`;
    return schema(body) === true ? null : `${status}: ${ajv.errorsText(schema.errors)}`;
  };

  return (method: string, url: string, response: LightMyRequestResponse): string | null => {
    const path = new URL(url, 'http://gateway').pathname;
    const route = routes.find(({ pattern }) => pattern.test(path));
    const name = method.toLowerCase();
    const operation = route && paths[route.path]?.[name];
    if (!operation) return null;
    const status = response.statusCode;
    const documented = operation.responses[status];
    const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (!documented) {
      const early = beforeRoutes.has(status) && type === 'application/problem+json';
      return early ? null : `${status} is not in the document`;
    }
    if (documented.content === undefined) {
      return response.body === '' ? null : `${status} has a body, which the document has not`;
    }
    const place = ['paths', route.path, name, 'responses', String(status)];
    return problemWith(status, type, response.json(), place);
  };
}

const maxShownChars = 200;

type AnswerCheck = ReturnType<typeof createAnswerCheck>;
/** The check of each document: the gateways of a file of tests have one and the same. */
const checks = new Map<string, AnswerCheck>();

function checkFor(described: object): AnswerCheck {
  const text = JSON.stringify(described);
  const check = checks.get(text) ?? createAnswerCheck(described);
  checks.set(text, check);
  return check;
}

/** From now on an answer of the gateway that its own document does not allow is an error. */
export async function holdToDocument(app: FastifyInstance): Promise<void> {
  await app.ready();
  const check = checkFor(app.swagger());
  const inject = app.inject.bind(app) as (request: unknown) => Promise<LightMyRequestResponse>;
  const checked = async (request: { method?: string; url?: string; path?: string } | string) => {
    const response = await inject(request);
    const asked = typeof request === 'string' ? { url: request } : request;
    const method = asked.method ?? 'GET';
    const url = String(asked.url ?? asked.path);
    const complaint = check(method, url, response);
    if (complaint !== null)
      throw new Error(`${method} ${url.slice(0, maxShownChars)}: ${complaint}`);
    return response;
  };
  Object.defineProperty(app, 'inject', { value: checked });
}
