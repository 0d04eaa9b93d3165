import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { problemType } from './problem.ts';

/** The framework says it, its types do not. */
type ContentType = { readonly contentType?: string };

/**
 * Serializers of answers, by their schemas: what a schema does not name is left out. A problem is
 * never sent by one (`sendProblem`), and each route names seven of them: to compile those too took
 * half of the time in which the gateway is built.
 */
export const buildSerializers: ReturnType<typeof SerializerSelector> = (external, options) => {
  const compile = SerializerSelector()(external, options);
  return (route) =>
    (route as ContentType).contentType === problemType ? JSON.stringify : compile(route);
};
