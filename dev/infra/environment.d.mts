import type { InfraChoice } from './choice.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function cacheRoot(env?: Environment): string;
export function dataDirOf(env?: Environment): string;
export function javaCommand(env?: Environment): string;
export function childEnvironment(extra: Environment): NodeJS.ProcessEnv;
export function commandPath(env?: Environment): string[];
export function infraChoice(env?: Environment): InfraChoice;
