/**
 * On every answer. JSON needs nothing of a browser, so it may have nothing; pages replace the
 * policy by one of their own. Answers hold personal data, so no cache may keep them.
 */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
