import { partitionOf } from '../../../runtime/kafka/partitioner.ts';
import type { People } from '../../read/people.ts';
import { countAudience } from '../../sending/audience-count.ts';
import type { PastedIds } from '../../sending/pasted-ids.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';
import { type FormPeople, peopleIn, type SendForm } from './form.ts';

/** Lines that are told one by one; nobody mends more of them by hand. */
const maxToldLines = 8;

const isKnown = (people: People, userId: string) =>
  people[partitionOf(Buffer.from(userId), people.length)]?.users.rowStore.get(userId) != null;

/** Whom the processors would go through, as a command names them. */
export function audienceOf(people: FormPeople) {
  if (people.kind === 'listed') {
    return { audienceKind: 'listed', audienceKeys: people.pasted.ids } as const;
  }
  const [kind, ...rest] = people.audience.split(':');
  const audienceKeys = [rest.join(':')];
  if (kind === 'movie') return { audienceKind: 'movieFollowers', audienceKeys } as const;
  if (kind === 'genre') return { audienceKind: 'genreFollowers', audienceKeys } as const;
  return { audienceKind: 'everyone', audienceKeys: [] } as const;
}

function listNotes(pasted: PastedIds, people: People, words: Words): readonly string[] {
  const { count, lineFaults } = words.sending;
  const unknown = pasted.ids.filter((id) => !isKnown(people, id));
  const wrong = pasted.wrong.map(({ line, fault, text }) => lineFaults[fault](line, text));
  const strangers = unknown
    .slice(0, maxToldLines)
    .map((id) => count.unknownLine(pasted.lineOf.get(id) ?? 0, id));
  const lines = [...wrong, ...strangers].slice(0, maxToldLines);
  const more = wrong.length + unknown.length - lines.length;
  return [
    ...(pasted.column === null ? [] : [count.column(pasted.column)]),
    ...(pasted.repeated === 0 ? [] : [count.repeated(pasted.repeated)]),
    ...lines,
    ...(more === 0 ? [] : [count.more(more)]),
  ];
}

/** How many a form names, exactly, as the tables are now; null of people: they are not read yet. */
export function countView(form: SendForm, people: People | null, words: Words) {
  const { count } = words.sending;
  const named = peopleIn(form);
  const nothing = { words: count, number: null, noun: '', notes: [] as readonly string[] };
  if (people === null) return { ...nothing, notes: [count.notYet] };
  if (named === null) return nothing;
  const { known } = countAudience(people, audienceOf(named));
  const notes = named.kind === 'listed' ? listNotes(named.pasted, people, words) : [];
  const number = numberIn(words.language, known);
  return { words: count, number, noun: count.people(known), notes };
}
