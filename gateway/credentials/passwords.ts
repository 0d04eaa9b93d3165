import argon2 from '@node-rs/argon2';
import { VestnikError } from '../../runtime/errors.ts';

const { hash, verify } = argon2;

/** What is done with passwords. Each call takes tens of milliseconds, beside the event loop. */
export type Passwords = {
  hash(password: string): Promise<string>;
  /** Whether it is the password of the hash; null: of nobody, which takes as long to find out. */
  verify(stored: string | null, password: string): Promise<boolean>;
};

/**
 * OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, two passes and one lane. The number
 * is the library's, whose enum leaves nothing to import when types are stripped.
 */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Of the four threads that Node has for such work, for files and names are read by them too. */
const maxAtOnce = 2;
/** A second of work: whoever comes behind it would not wait for the answer. */
const maxWaiting = 40;

/** OWASP ASVS 5, 6.2.1 wants 8 and commends 15; nothing else is asked of a password. */
export const minPasswordChars = 12;
/** What is longer is no password but an attack on whoever hashes it. */
export const maxPasswordChars = 256;

/** As it is hashed: typed on another system, the same letters may come in another form. */
const formOf = (password: string) => password.normalize('NFC');

/** Lets so many pieces of work go on at once; the others wait in their order, up to a bound. */
function bounded() {
  const waiting: (() => void)[] = [];
  let atWork = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (atWork >= maxAtOnce) {
      if (waiting.length >= maxWaiting) {
        throw new VestnikError('CREDENTIALS_UNAVAILABLE', 'too many passwords wait to be checked');
      }
      await new Promise<void>((begin) => void waiting.push(begin));
    } else atWork += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else atWork -= 1;
    }
  };
}

/** `anything` is a secret that nobody knows: its hash stands for those who have no password. */
export async function openPasswords(anything: string): Promise<Passwords> {
  const run = bounded();
  const nobody = await hash(anything, parameters);
  return {
    hash: (password) => run(() => hash(formOf(password), parameters)),
    async verify(stored, password) {
      const right = await run(() => verify(stored ?? nobody, formOf(password)));
      return right && stored !== null;
    },
  };
}
