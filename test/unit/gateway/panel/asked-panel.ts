import type { LightMyRequestResponse } from 'fastify';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import { formToken } from '../../../../gateway/panel/visitor.ts';
import { buildGateway } from '../built-gateway.ts';
import { panelParts, viewerCookie, viewerToken } from './panel-parts.ts';

/** A browser with the real app behind it. */
export type Browser = {
  /** GET, as a person who is logged in; `headers` win. */
  open(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** POST of a form on a page of the panel. */
  send(
    url: string,
    form: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
};

const html = { accept: 'text/html', 'accept-language': 'en' };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

/** The panel on parts in memory; closed when the test ends. */
export async function askPanel(parts: Partial<PanelParts> = {}): Promise<Browser> {
  const { app } = await buildGateway({ panel: panelParts(parts) });
  const asViewer = { ...html, cookie: viewerCookie };
  return {
    open: (url, headers = {}) =>
      app.inject({ method: 'GET', url, headers: { ...asViewer, ...headers } }),
    send: (url, form, headers = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: {
          ...asViewer,
          ...sameOrigin,
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        payload: new URLSearchParams({
          form_token: formToken(viewerToken),
          ...form,
        }).toString(),
      }),
  };
}

/** Headers of somebody whom nobody knows. */
export const nobody = { cookie: '' };
