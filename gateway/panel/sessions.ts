import type { Credentials } from '../credentials/credentials.ts';
import { type LoginResult, logIn } from '../credentials/log-in.ts';
import {
  endSession,
  type OpenedSession,
  personOfSession,
  useLoginLink,
} from '../credentials/sessions.ts';
import type { Identity } from '../http/identity.ts';

/** What becomes of a name and a password. */
type LogInAnswer =
  | { readonly kind: 'loggedIn'; readonly session: OpenedSession }
  | Exclude<LoginResult, { readonly kind: 'loggedIn' }>;

/**
 * Who may see the pages. All of it may be DATABASE_UNAVAILABLE; nobody is let in then, and the page
 * says why.
 */
export type PanelSessions = {
  /** Null: nobody, or not any more. */
  personOf(token: string): Promise<Identity | null>;
  logIn(guess: {
    readonly name: string;
    readonly password: string;
    readonly address: string;
  }): Promise<LogInAnswer>;
  /** Uses a link up; null: it is spent. */
  useLink(token: string): Promise<OpenedSession | null>;
  end(token: string): Promise<void>;
};

/** The sessions that PostgreSQL has. */
export const sessionsOf = (credentials: Credentials): PanelSessions => ({
  personOf: (token) => personOfSession(credentials, token),
  logIn: (guess) => logIn(credentials, guess),
  useLink: async (token) => (await useLoginLink(credentials, token))?.session ?? null,
  end: (token) => endSession(credentials, token),
});
