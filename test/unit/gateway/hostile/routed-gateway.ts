import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import type { GatewayParts } from '../../../../gateway/app.ts';
import { type BuiltGateway, buildGateway } from '../built-gateway.ts';
import { keyId } from '../panel/busy-parts.ts';

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Part = { readonly properties?: Properties };

/** A route as the app itself registers it. */
export type Route = {
  readonly method: string;
  /** With its parameters, `/requests/:id`. */
  readonly url: string;
  readonly isPanel: boolean;
  readonly schema: {
    readonly params?: Part;
    readonly querystring?: Part;
    readonly body?: Part;
  };
};

export type RoutedGateway = BuiltGateway & { readonly routes: readonly Route[] };

const channel = 'fastify.initialization';

/**
 * A gateway and all its operations, taken from the framework while they are registered, so that a
 * new route is looked at without anybody remembering it. Refusals of other methods are no
 * operations. `plant` adds routes that were forgotten to be guarded.
 */
export async function routedGateway(
  parts: Partial<GatewayParts> = {},
  plant: (app: FastifyInstance) => void = () => undefined,
): Promise<RoutedGateway> {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook('onRoute', function note(this: FastifyInstance, route) {
      const { method, url, schema = {} } = route;
      if (typeof method !== 'string' || method === 'HEAD') return;
      const isPanel = this.hasDecorator('panel');
      routes.push({ method, url, isPanel, schema: schema as Route['schema'] });
    });
    plant(fastify);
  };
  subscribe(channel, listen);
  try {
    return { ...(await buildGateway(parts)), routes };
  } finally {
    unsubscribe(channel, listen);
  }
}

export const nameOf = ({ method, url }: Pick<Route, 'method' | 'url'>): string =>
  `${method} ${url}`;

/** A value that a schema of a parameter would take. */
const sampleOf = (schema: Readonly<Record<string, unknown>> = {}): string =>
  schema['type'] === 'integer' ? '1' : keyId;

/** A path of a route, its parameters filled in; `value` stands in for all of them. */
export function pathOf({ url, schema }: Route, value?: string): string {
  const filled = url.replaceAll(
    /:([A-Za-z_]+)/g,
    (_, name: string) => value ?? sampleOf(schema.params?.properties?.[name]),
  );
  return filled.replace('*', value ?? 'x');
}

/** The names of the texts that a part of a request may have. */
export const textsOf = (part: Part | undefined): readonly string[] =>
  Object.entries(part?.properties ?? {})
    .filter(([, schema]) => schema['type'] !== 'integer')
    .map(([name]) => name);
