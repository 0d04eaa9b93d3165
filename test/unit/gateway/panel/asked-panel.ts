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
  /** POST of a form in which a field may stand more than once. */
  sendText(url: string, fields: string): Promise<LightMyRequestResponse>;
};

const html = { accept: 'text/html', 'accept-language': 'en' };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

/** The panel on parts in memory; closed when the test ends. */
export async function askPanel(parts: Partial<PanelParts> = {}): Promise<Browser> {
  const { app } = await buildGateway({ panel: panelParts(parts) });
  const asViewer = { ...html, cookie: viewerCookie };
  const post = (url: string, payload: string, headers: Record<string, string> = {}) => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const all = { ...asViewer, ...sameOrigin, ...form, ...headers };
    return app.inject({ method: 'POST', url, headers: all, payload });
  };
  const form_token = formToken(viewerToken);
  return {
    open: (url, headers = {}) =>
      app.inject({ method: 'GET', url, headers: { ...asViewer, ...headers } }),
    send: (url, form, headers = {}) =>
      post(url, new URLSearchParams({ form_token, ...form }).toString(), headers),
    sendText: (url, fields) => post(url, `form_token=${form_token}&${fields}`),
  };
}

/** Headers of somebody whom nobody knows. */
export const nobody = { cookie: '' };
