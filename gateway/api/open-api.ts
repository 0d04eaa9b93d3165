import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

const description = `Vestnik turns events on Kafka into e-mails, SMS and messenger messages.

Here a notification is asked for, and what became of it can be looked up. Every error is
application/problem+json (RFC 9457).`;

const apiKeyText =
  'An API key. The operation names the scope that the key must have; keys in API_KEYS have all.';

/**
 * Of the pages under /docs only: the page runs scripts of its own files and calls this server.
 * Its widgets set styles in their markup, so styles alone may be inline.
 */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Describes every route that is registered from now on; the page is /docs, the text /docs/json. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Vestnik', description, version: '1' },
      tags: [
        { name: 'notifications', description: 'Ask for notifications, follow what became of them' },
        { name: 'catalogue', description: 'Movies, comments and templates, as their topics say' },
        {
          name: 'authoring',
          description: 'What is sent: written, looked at, published, taken back',
        },
        {
          name: 'template parts',
          description: 'Headers, footers and layouts that templates share',
        },
        { name: 'people', description: 'Those who can be notified' },
        { name: 'events', description: 'What happened, told by hand' },
        { name: 'operations', description: 'What could not be worked on' },
        { name: 'access', description: 'API keys, and people who may log in' },
        { name: 'health', description: 'For load balancers and supervisors' },
      ],
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: apiKeyText } },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema${index}`,
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: docsPolicy,
    theme: { title: 'Vestnik API' },
    uiConfig: { layout: 'BaseLayout', defaultModelsExpandDepth: 0, tryItOutEnabled: true },
  });
}
