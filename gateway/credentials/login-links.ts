import type { Credentials } from './credentials.ts';
import { secretHash } from './secret-hash.ts';

/** Long enough to be sent by mail to somebody who is at lunch. */
export const loginLinkMs = 60 * 60 * 1000;

/** A link that logs somebody in, once. */
export type LoginLink = {
  readonly token: string;
  /** Of the panel, to be put behind its address. */
  readonly path: string;
  /** What is stored of it. */
  readonly hash: string;
  readonly expiresAtMs: number;
};

export function newLoginLink({
  clock,
  newSecret,
}: Pick<Credentials, 'clock' | 'newSecret'>): LoginLink {
  const token = newSecret();
  const path = `/login/link/${token}`;
  return { token, path, hash: secretHash(token), expiresAtMs: clock.nowMs() + loginLinkMs };
}
