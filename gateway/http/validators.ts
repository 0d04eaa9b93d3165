import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifySchema, FastifySchemaCompiler } from 'fastify';

type Validate = ReturnType<FastifySchemaCompiler<FastifySchema>>;

/** What each schema was compiled to: for bodies, and for all else, where text is converted. */
const ofBodies = new WeakMap<object, Validate>();
const ofTexts = new WeakMap<object, Validate>();

/** Checks requests by TypeBox; a second gateway of this process need not compile a schema again. */
export const compileValidator: FastifySchemaCompiler<FastifySchema> = (route) => {
  const known = route.httpPart === 'body' ? ofBodies : ofTexts;
  const made = known.get(route.schema) ?? TypeBoxValidatorCompiler(route as never);
  known.set(route.schema, made);
  return made;
};
