import type { LightMyRequestResponse } from 'fastify';
import type { GatewayParts } from '../../../../gateway/app.ts';
import type { PanelParts } from '../../../../gateway/panel/parts.ts';
import { formToken } from '../../../../gateway/panel/visitor.ts';
import { type BuiltGateway, buildGateway } from '../built-gateway.ts';
import { panelParts, viewerCookie, viewerToken } from './panel-parts.ts';

type Form = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

/** The fields of a form, with the token of the session where a test sends no other. */
function pairsOf(form: Form): [string, string][] {
  const pairs = Array.isArray(form) ? form : Object.entries(form);
  const hasToken = pairs.some(([name]) => name === 'form_token');
  return hasToken ? pairs : [...pairs, ['form_token', formToken(viewerToken)]];
}

/** A browser with the real app behind it. */
export type Browser = Pick<BuiltGateway, 'written' | 'records'> & {
  /** GET, as a person who is logged in; `headers` win. */
  open(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** POST of a form on a page of the panel. */
  send(url: string, form: Form, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** POST of a form in which a field may stand more than once. */
  sendText(url: string, fields: string): Promise<LightMyRequestResponse>;
};

const html = { accept: 'text/html', 'accept-language': 'en' };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

/** The panel on parts in memory; closed when the test ends. */
export async function askPanel(
  parts: Partial<PanelParts> = {},
  gateway: Partial<GatewayParts> = {},
): Promise<Browser> {
  const { app, written, records } = await buildGateway({ ...gateway, panel: panelParts(parts) });
  const asViewer = { ...html, cookie: viewerCookie };
  const post = (url: string, payload: string, headers: Record<string, string> = {}) => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const all = { ...asViewer, ...sameOrigin, ...form, ...headers };
    return app.inject({ method: 'POST', url, headers: all, payload });
  };
  const form_token = formToken(viewerToken);
  return {
    written,
    records,
    open: (url, headers = {}) =>
      app.inject({ method: 'GET', url, headers: { ...asViewer, ...headers } }),
    send: (url, form, headers = {}) =>
      post(url, new URLSearchParams(pairsOf(form)).toString(), headers),
    sendText: (url, fields) => post(url, `form_token=${form_token}&${fields}`),
  };
}

/** Headers of somebody whom nobody knows. */
export const nobody = { cookie: '' };
