import { badBytes, ways } from './hostile-texts.ts';
import { nameOf, pathOf, type Route, type RoutedGateway, textsOf } from './routed-gateway.ts';

/** Numbers that a column of PostgreSQL has no room for, or that are none. */
const numbers = ['2147483648', '9007199254740993', '-1', '1e400', ''];
/** Names that every object has, or that parsers of queries make objects of. */
const namesOfObjects = ['__proto__', 'constructor'];
/** A cursor far behind the last year that PostgreSQL knows. */
const farCursor = '999999999999999-1-1-1';

function addressesOf(route: Route): readonly string[] {
  const hasPart = route.url.includes(':') || route.url.includes('*');
  const paths = hasPart
    ? [...badBytes, ...ways, ...numbers].map((each) => pathOf(route, each))
    : [];
  if (route.method !== 'GET') return paths;
  const names = [...textsOf(route.schema.querystring), 'limit', ...namesOfObjects];
  const values = [...badBytes, ...numbers, farCursor, 'a&a'];
  return [
    ...paths,
    ...names.flatMap((name) => values.map((value) => `${pathOf(route)}?${name}=${value}`)),
  ];
}

/** The addresses of a gateway, with hostile bytes in every part of them, that are a defect. */
export async function defectsOf(
  { app, routes }: RoutedGateway,
  headers: Record<string, string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  let asked = 0;
  for (const route of routes) {
    for (const url of addressesOf(route)) {
      asked += 1;
      const request = { method: route.method as 'GET', url, headers };
      const response = await app.inject({ ...request, payloadAsStream: route.isPanel });
      // A live part would go on.
      if (route.isPanel) response.stream().destroy();
      const { statusCode } = response;
      if (statusCode === 500) found.push(`${nameOf(route)}: ${url}`);
    }
  }
  return asked === 0 ? ['nothing was asked'] : found;
}
