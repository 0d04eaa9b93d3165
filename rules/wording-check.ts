import { maxBodyChars, textFor } from '../rendering/render.ts';
import { planText } from '../rendering/text-plan.ts';
import { sharedValues } from '../rendering/values.ts';
import type { NotifyCommand, TemplateText, User } from '../schemas/generated/records.ts';
import type { Objection } from './judge.ts';
import type { UsableTemplate } from './usable-template.ts';
import { wordingFor } from './wording.ts';

type Reader = Pick<User, 'fullName' | 'locale' | 'timeZone'>;

/** Why a person cannot be given a text; null when they can. */
export type WordingCheck = (user: Reader) => Objection | null;

/** As many bytes as a UTF-16 code unit has in UTF-8, at most. */
const maxBytesPerUnit = 3;
/** `&quot;`: what a character of a name is at most, when it is escaped. */
const maxEscapedChars = 6;
/** Marks that keep a name's direction to itself, one on either side. */
const isolateChars = 2;
/** Bounds what is remembered of the readers' languages. */
const maxLocales = 1000;

/** Up to how many UTF-16 code units of a name a text is surely filled in; -1: never surely. */
function sureNameUnits(
  template: UsableTemplate,
  text: TemplateText,
  command: Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'>,
): number {
  const plans = planText(template, text, sharedValues(command, text.locale));
  if (!plans) return -1;
  const { body, maxNameBytes } = plans;
  const inSubject = Math.floor(maxNameBytes / maxBytesPerUnit);
  if (body.names === 0) return inSubject;
  const roomChars = (maxBodyChars - body.pieceBytes) / body.names;
  return Math.min(inSubject, Math.floor(roomChars / maxEscapedChars) - isolateChars);
}

/**
 * Says of each person whether they can be given a text of a template. Where nothing but the name is
 * to be filled in and it is not long, that is known without filling it in, as in a fan-out.
 */
export function createWordingCheck(
  template: UsableTemplate,
  command: Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'>,
): WordingCheck {
  const unitsByText = new Map<TemplateText, number>();
  const unitsByLocale = new Map<string | null, number>();

  function learn(locale: string | null): number {
    const text = textFor(template, locale);
    const units =
      text === null ? -1 : (unitsByText.get(text) ?? sureNameUnits(template, text, command));
    if (text !== null) unitsByText.set(text, units);
    if (unitsByLocale.size >= maxLocales) unitsByLocale.clear();
    unitsByLocale.set(locale, units);
    return units;
  }

  return (user) => {
    const units = unitsByLocale.get(user.locale) ?? learn(user.locale);
    if (user.fullName.length <= units) return null;
    const wording = wordingFor(user, template, command);
    return wording.ok ? null : wording;
  };
}
