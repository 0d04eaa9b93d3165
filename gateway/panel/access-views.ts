import type { Account } from '../credentials/accounts.ts';
import type { ApiKey } from '../credentials/api-keys.ts';
import { roles } from '../credentials/roles.ts';
import { scopes } from '../http/identity.ts';
import { choicesOf } from './filters.ts';
import { shownTime } from './times.ts';
import { numberIn } from './words/bilingual.ts';
import type { Words } from './words/words.ts';

/** Whether a key can be used, in a word and a colour. */
function keyState({ revokedAtMs, expiresAtMs }: ApiKey, nowMs: number, { access }: Words) {
  if (revokedAtMs !== null) return { tone: 'calm', name: access.revoked, about: '' };
  const isOver = expiresAtMs !== null && expiresAtMs <= nowMs;
  if (isOver) return { tone: 'doubtful', name: access.ended, about: '' };
  return { tone: 'good', name: access.works, about: '' };
}

const timeOrNull = (timeMs: number | null, { language }: Words) =>
  timeMs === null ? null : shownTime(language, timeMs);

/** A key as a row. */
export function keyView(key: ApiKey, nowMs: number, words: Words) {
  const { access, language } = words;
  const { requestsPerMinute: perMinute, notificationsPerDay: perDay } = key;
  const quotas = [
    ...(perMinute === null ? [] : [`${access.perMinute}: ${numberIn(language, perMinute)}`]),
    ...(perDay === null ? [] : [`${access.perDay}: ${numberIn(language, perDay)}`]),
  ];
  return {
    name: key.name,
    scopes: key.scopes.map((scope) => ({ scope, about: access.scopeNames[scope] })),
    quotas,
    made: shownTime(language, key.createdAtMs),
    by: key.createdBy,
    used: timeOrNull(key.lastUsedAtMs, words),
    expires: timeOrNull(key.expiresAtMs, words),
    state: keyState(key, nowMs, words),
    revokePath: key.revokedAtMs === null ? `/access/keys/${key.id}/revoke` : null,
  };
}

/** An account as a row; `ownId`: of whoever looks. */
export function accountView(account: Account, ownId: string, words: Words) {
  const { access } = words;
  const { id, name, role, disabledAtMs } = account;
  return {
    name,
    path: `/access/accounts/${id}`,
    role: access.shortRoles[role],
    roles: choicesOf(
      roles.map((each) => [each, access.shortRoles[each]] as const),
      role,
    ),
    isOwn: id === ownId,
    isDisabled: disabledAtMs !== null,
    hasPassword: account.hasPassword,
    seen: timeOrNull(account.seenAtMs, words),
  };
}

/** The rights as a form offers them: those of whoever asks, for nobody gives away more. */
export const scopeChoices = (own: ReadonlySet<string>, { access }: Words) =>
  scopes
    .filter((scope) => own.has(scope))
    .map((value) => ({ value, name: access.scopeNames[value] }));

/** The roles, with what they may do. */
export const roleChoices = ({ access }: Words) =>
  choicesOf(
    roles.map((role) => [role, access.roles[role]] as const),
    'viewer',
  );
