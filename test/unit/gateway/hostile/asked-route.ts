import { pathOf, type Route, type RoutedGateway } from './routed-gateway.ts';

export type Asking = {
  readonly headers?: Record<string, string>;
  readonly payload?: string;
  readonly query?: string;
};

/** Asks at a route's own path; what a page answers is not read. */
export async function ask({ app }: RoutedGateway, route: Route, asking: Asking = {}) {
  const { headers = {}, payload, query = '' } = asking;
  const response = await app.inject({
    method: route.method as 'GET',
    url: `${pathOf(route)}${query}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
    payloadAsStream: route.isPanel,
  });
  if (route.isPanel) response.stream().destroy();
  return response;
}
