import { expect, test } from 'vitest';
import { sessionCookie, sessionCookieName } from '../../../../gateway/credentials/sessions.ts';

test('the cookie keeps what its prefix promises, and no script reads it', () => {
  expect(sessionCookieName).toBe('__Host-vestnik');
  expect(sessionCookie).toEqual({ path: '/', secure: true, httpOnly: true, sameSite: 'lax' });
});
