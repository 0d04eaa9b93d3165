import type { SlowReason } from './segments.ts';
import type { Language, Words } from './value-names.ts';

type Say = (construct: string) => Words;

/** What in a text only Handlebars can render, for whoever wrote it. */
const reasons: Readonly<Record<SlowReason['kind'], Say>> = {
  function: (name) => ({ ru: `функция «${name}»`, en: `the function “${name}”` }),
  condition: (name) => ({ ru: `условие «${name}»`, en: `the condition “${name}”` }),
  loop: (name) => ({ ru: `цикл «${name}»`, en: `the loop “${name}”` }),
  mixed: (name) => ({
    ru: `«${name}» то с экранированием, то без`,
    en: `“${name}” is escaped here, and not there`,
  }),
  undeclared: (name) => ({
    ru: `имя «${name}», которого нет в списке`,
    en: `the name “${name}”, which is not declared`,
  }),
  other: () => ({
    ru: 'запись, в которой не одни слова и имена',
    en: 'something that is neither words nor names',
  }),
};

/**
 * Why a text is rendered person by person, and what that costs: about ten times as much as a copy
 * (docs/decisions/004), which somebody notices who writes to hundreds of thousands.
 */
export function saySlow({ kind, construct, line }: SlowReason, language: Language): string {
  const what = reasons[kind](construct)[language];
  if (language === 'ru') {
    const where = line === null ? '' : `, строка ${line}`;
    return `Собирается для каждого отдельно, примерно вдесятеро дольше: ${what}${where}.`;
  }
  const where = line === null ? '' : `, line ${line}`;
  return `Rendered person by person, about ten times as slowly: ${what}${where}.`;
}
