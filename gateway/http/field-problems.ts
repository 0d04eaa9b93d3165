import type { FastifySchemaValidationError } from 'fastify';
import type { FieldProblem } from './problem.ts';

type Complaint = { readonly field: string; readonly message: string; readonly either: boolean };

/** `/user_ids/2` as `user_ids.2` (RFC 6901, with its two escapes undone). */
function fieldOf(pointer: string, part: string): string {
  const names = pointer.split('/').slice(1);
  const plain = names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return plain.join('.') || part;
}

/** The fields of which a schema wants exactly one: `oneOf`, each of its forms requiring one. */
function rivalsIn(schema: unknown): readonly string[] {
  const forms = (schema as { oneOf?: readonly { required?: readonly string[] }[] }).oneOf ?? [];
  return forms.map(({ required: [name = ''] = [] }) => name);
}

/** Says which fields exclude each other, or that one of them is missing. */
function rivalry(passing: readonly number[], schema: unknown): Omit<Complaint, 'either'> {
  const [first = '', ...others] = rivalsIn(schema);
  if (passing.length === 0) {
    return { field: first, message: `is required, or ${others.join(' or ')}` };
  }
  const [kept = first, tooMany = first] = passing.map((form) => rivalsIn(schema)[form]);
  return { field: tooMany, message: `cannot stand beside ${kept}` };
}

function complaintsOf(
  error: FastifySchemaValidationError,
  part: string,
  schema: unknown,
): Complaint[] {
  const { keyword, instancePath, params, message = 'is not valid' } = error;
  // What each form alone would want is said by the line of the whole.
  if (error.schemaPath.includes('/oneOf/')) return [];
  const complaint = (text: string, pointer: string = instancePath): Complaint => ({
    field: fieldOf(pointer, part),
    message: text,
    either: error.schemaPath.includes('/anyOf/'),
  });
  switch (keyword) {
    case 'required': {
      const names = params['requiredProperties'] as readonly string[];
      return names.map((name) => complaint('is required', `${instancePath}/${name}`));
    }
    case 'oneOf':
      return [{ ...rivalry(params['passingSchemas'] as readonly number[], schema), either: false }];
    case 'boolean':
      return [complaint('is not a field of this request')];
    // Each is said already: field by field, or form by form.
    case 'additionalProperties':
    case 'anyOf':
      return [];
    default:
      return [complaint(message)];
  }
}

/**
 * What a schema found wrong, one entry for each field. A field that may have several forms says
 * them all. `part` stands for the whole of it: body, querystring, headers, params; `schema` is what
 * that part was held against.
 */
export function fieldProblems(
  errors: readonly FastifySchemaValidationError[],
  part: string,
  schema: unknown = {},
): FieldProblem[] {
  const complaints = errors.flatMap((error) => complaintsOf(error, part, schema));
  return [...Map.groupBy(complaints, ({ field }) => field)].map(([field, same]) => {
    const messages = [...new Set(same.map(({ message }) => message))];
    const link = same.some(({ either }) => either) ? ' or ' : ' and ';
    return { field, message: messages.join(link) };
  });
}
