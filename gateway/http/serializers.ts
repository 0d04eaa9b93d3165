import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { problemType } from './problem.ts';

type Selected = ReturnType<ReturnType<typeof SerializerSelector>>;
/** The framework says it, its types do not. */
type Described = { readonly contentType?: string; readonly schema: object };

/** The function of each schema: a second gateway of this process need not compile it again. */
const compiled = new WeakMap<object, ReturnType<Selected>>();

/**
 * Serializers of answers, by their schemas: what a schema does not name is left out. A problem is
 * never sent by one (`sendProblem`), and each route names seven of them: to compile those too took
 * half of the time in which the gateway is built.
 */
export const buildSerializers: ReturnType<typeof SerializerSelector> = (external, options) => {
  const compile = SerializerSelector()(external, options);
  return (route) => {
    const { contentType, schema } = route as Described;
    if (contentType === problemType) return JSON.stringify;
    const made = compiled.get(schema) ?? compile(route);
    compiled.set(schema, made);
    return made;
  };
};
