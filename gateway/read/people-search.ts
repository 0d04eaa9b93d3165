import { foldedText, foldedWords, phoneTail } from '../../runtime/folded-text.ts';
import type { Database } from '../../runtime/postgres.ts';
import { type Fragment, sql } from '../../runtime/sql.ts';
import type { BoundedReads } from './bounded-reads.ts';

/** Somebody who was found, as their newest row says. */
export type FoundPerson = {
  readonly userId: string;
  readonly fullName: string;
  readonly email: string | null;
  readonly phone: string | null;
};

/** People who were found, by name, and whether there are more. */
export type FoundPeople = { readonly people: readonly FoundPerson[]; readonly hasMore: boolean };

/** People by what one knows of them; each walks one index, however many people there are. */
export type PeopleSearch = {
  /** Nobody when the text is too short to mean somebody; DATABASE_UNAVAILABLE. */
  find(wanted: string): Promise<FoundPeople>;
};

/** What a text looks for. */
export type Wanted =
  | { readonly kind: 'email'; readonly begins: string }
  | { readonly kind: 'phone'; readonly tail: string }
  | { readonly kind: 'name'; readonly words: readonly string[] };

const minPhoneDigits = 7;
const minChars = 2;
const maxWords = 6;
const maxShown = 20;
/** Of a name that many have, so many are put in order. */
const maxOrdered = 1000;

/**
 * An e-mail address by its beginning, a phone number by its end, a name by the beginnings of its
 * words in any order; null where a text is too short. Pure.
 */
export function wantedIn(text: string): Wanted | null {
  if (text.includes('@')) {
    const begins = foldedText(text);
    return begins.length < minChars ? null : { kind: 'email', begins };
  }
  const digits = text.replaceAll(/\D/g, '');
  if (/^[+\d\s().-]+$/.test(text)) {
    const tail = digits.length < minPhoneDigits ? null : phoneTail(text);
    return tail === null ? null : { kind: 'phone', tail };
  }
  const words = foldedWords(text).split(' ').slice(0, maxWords);
  return words.join('').length < minChars ? null : { kind: 'name', words };
}

/** The last letter there is: behind all that begins with what stands before it. */
const last = '\u{10FFFF}';

function conditionOf(wanted: Wanted): Fragment {
  switch (wanted.kind) {
    case 'email':
      return sql`folded_email ~>=~ ${wanted.begins} and folded_email ~<~ ${wanted.begins + last}`;
    case 'phone':
      return sql`phone_tail = ${wanted.tail}`;
    case 'name': {
      const query = wanted.words.map((word) => `${word}:*`).join(' & ');
      return sql`name_words @@ to_tsquery('simple', ${query})`;
    }
  }
}

async function read(database: Database, wanted: Wanted): Promise<FoundPeople> {
  const rows = await database.query<FoundPerson>`
    select user_id as "userId", full_name as "fullName", email, phone
    from (select * from people where ${conditionOf(wanted)} limit ${maxOrdered}) found
    order by folded_name, user_id limit ${maxShown + 1}`;
  return { people: rows.slice(0, maxShown), hasMore: rows.length > maxShown };
}

/** Looks people up in PostgreSQL. Reads always end in time. */
export function openPeopleSearch(reads: BoundedReads): PeopleSearch {
  return {
    async find(text) {
      const wanted = wantedIn(text.trim());
      if (wanted === null) return { people: [], hasMore: false };
      return reads.read((database) => read(database, wanted));
    },
  };
}
