import { Type } from '@fastify/type-provider-typebox';

const maxTicks = 20;

/** A form sends one tick as a text, several as a list, and none as nothing. */
export const Ticks = Type.Optional(
  Type.Union([Type.Array(Type.String(), { maxItems: maxTicks }), Type.String()]),
);

/** Those of the known values that are ticked; what is not known is none. Pure. */
export const ticked = <V extends string>(
  known: readonly V[],
  given: string | readonly string[] | undefined,
): readonly V[] => known.filter((each) => [given].flat().includes(each));
