import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the tests look at of a service; docker-compose.yml may say more. */
export type Service = {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: {
    readonly disable?: boolean;
    readonly test?: readonly string[];
    readonly interval?: string;
    readonly timeout?: string;
    readonly retries?: number;
  };
} & Readonly<Record<string, unknown>>;

export type ComposeFile = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const path = join(import.meta.dirname, '..', '..', '..', 'docker-compose.yml');
const variable = /\$\{([A-Z_]+)(?::-([^}]*))?\}/g;

/** The file as it is written, variables and all. */
export const composeText = (): string => readFileSync(path, 'utf8');

/** The variables that the file takes from `.env`. */
export function composeVariables(): readonly string[] {
  return [...composeText().matchAll(variable)].map(([, name = '']) => name);
}

/** A value with the variables in its texts put in, as deep as it goes. */
function filled(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(variable, (_all, name: string, fallback = '') => {
      return env[name] || fallback;
    });
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, env)]));
}

/** The file as compose reads it with these variables set: anchors merged, variables put in. */
export function readCompose(env: Readonly<Record<string, string>> = {}): ComposeFile {
  return filled(parse(composeText(), { merge: true }), env) as ComposeFile;
}
