import { parseArgs } from 'node:util';
import { type Role, roles } from '../credentials/roles.ts';
import type { Words } from './words.ts';

/** Who is to be let in, and where the panel is. */
export type AdminArguments = {
  readonly name: string;
  /** Of a new account; one that is there keeps its own. */
  readonly role: Role;
  /** Of the gateway, as a browser reaches it, without a slash at its end; null: on this machine. */
  readonly url: string | null;
};

/** The arguments, or a sentence that says what to write instead. */
export type ReadArguments =
  | { readonly ok: true; readonly arguments: AdminArguments }
  | { readonly ok: false; readonly problem: string };

const options = {
  name: { type: 'string' },
  role: { type: 'string', default: 'admin' },
  url: { type: 'string' },
} as const;

/** Reads the command line. */
export function readArguments(args: readonly string[], words: Words): ReadArguments {
  const wrong = (problem: string) => ({ ok: false, problem }) as const;
  let values: { name?: string; role?: string; url?: string };
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch {
    return wrong(words.unknownArgument);
  }
  const name = values.name?.trim() ?? '';
  if (name === '') return wrong(words.nameMissing);
  const role = roles.find((each) => each === values.role);
  if (!role) return wrong(words.unknownRole(roles));
  const { url = null } = values;
  if (url !== null && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return wrong(words.badUrl);
  return { ok: true, arguments: { name, role, url: url?.replace(/\/+$/, '') ?? null } };
}
