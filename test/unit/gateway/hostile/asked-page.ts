import type { LightMyRequestResponse } from 'fastify';
import { formToken } from '../../../../gateway/panel/visitor.ts';
import { viewerCookie, viewerToken } from '../panel/panel-parts.ts';
import type { RoutedGateway } from './routed-gateway.ts';

const asViewer = { accept: 'text/html', 'accept-language': 'en', cookie: viewerCookie };

/** The HTML of an answer; of a stream the first part that it sends. */
async function htmlOf(response: LightMyRequestResponse): Promise<string> {
  const isStream = String(response.headers['content-type']).startsWith('text/event-stream');
  let text = '';
  for await (const chunk of response.stream()) {
    text += String(chunk);
    if (isStream && text.includes('\n\n')) break;
  }
  return isStream ? text.replaceAll(/^data: /gm, '') : text;
}

export type Asked = {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly html: string;
};

/** GET, as somebody who is logged in. */
export async function openPage({ app }: RoutedGateway, url: string): Promise<Asked> {
  const request = { method: 'GET', url, headers: asViewer, payloadAsStream: true } as const;
  const response = await app.inject(request);
  return {
    status: response.statusCode,
    headers: response.headers,
    html: await htmlOf(response),
  };
}

/** A form of a page of this site, with the token of the session. */
export async function sendForm(
  { app }: RoutedGateway,
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const response = await app.inject({
    method: 'POST',
    url,
    headers: {
      ...asViewer,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: new URLSearchParams({ form_token: formToken(viewerToken), ...form }).toString(),
  });
  return { status: response.statusCode, headers: response.headers, html: response.body };
}

export const isPage = ({ headers }: Asked): boolean =>
  /^text\/(?:html|event-stream)/.test(String(headers['content-type']));

/**
 * Whether a browser shows the answer as a page of nobody that can do nothing: the HTML of a mail,
 * in its frame. What it holds is then no danger.
 */
export function isShutIn({ headers }: Asked): boolean {
  const policy = String(headers['content-security-policy']).split(/;\s*/);
  const sandbox = policy.find((each) => /^sandbox(?: |$)/.test(each));
  return (
    sandbox !== undefined &&
    !/allow-(?:scripts|same-origin|forms|top-navigation)/.test(sandbox) &&
    policy.includes("default-src 'none'") &&
    policy.includes("frame-ancestors 'self'") &&
    !policy.some((each) => each.startsWith('script-src'))
  );
}
