import { badRequest, type Problem } from '../http/problem.ts';

/** Names are compared so: the same letters in another form or size are the same name. */
export const loginOf = (name: string): string => name.normalize('NFC').trim().toLowerCase();

const maxNameChars = 100;
/** Controls are in no name, and PostgreSQL cannot store the first of them. */
const control = /\p{Cc}/u;

/** Why a key or a person cannot be called so; null: they can. */
export function nameProblem(name: string): Problem | null {
  if (name.trim() === '') return badRequest({ field: 'name', message: 'is empty' });
  if (name.length <= maxNameChars && name.isWellFormed() && !control.test(name)) return null;
  const message = `must have at most ${maxNameChars} characters, none of them control characters`;
  return badRequest({ field: 'name', message });
}
