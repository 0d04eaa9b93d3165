/** How large a source may be that is published: what it may cost all who render it. */
export const maxSourceBytes = 64 * 1024;
/** Statements, names and literals of it. */
export const maxNodes = 2000;
/** Conditions within conditions. */
export const maxDepth = 10;
/** Nobody reads more problems at once. */
export const maxProblems = 100;
/** Shared parts that one text is put together of, each counted as often as it stands there. */
export const maxPlacedParts = 200;
