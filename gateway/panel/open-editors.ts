import type { Identity } from '../http/identity.ts';

/** Notes that somebody writes here, and answers with the names of the others who do. */
export type OpenEditors = (path: string, who: Identity) => readonly string[];

/** Three times what a page waits before it says again that it is open. */
const forgottenAfterMs = 30_000;
/** All editors that are open at once; beyond them the one silent for longest is forgotten. */
const maxOpen = 1000;

type Open = { readonly path: string; readonly name: string; readonly atMs: number };

/**
 * Who has which editor open, as their pages say every ten seconds. In the memory of this gateway:
 * nothing is lost with it, and who writes through another gateway is told when a draft is saved.
 */
export function createOpenEditors(nowMs: () => number): OpenEditors {
  const open = new Map<string, Open>();
  return (path, { kind, id, name }) => {
    const now = nowMs();
    const own = JSON.stringify([path, kind, id]);
    open.delete(own);
    open.set(own, { path, name, atMs: now });
    // They lie in the order in which they were heard of.
    for (const [key, { atMs }] of open) {
      if (now - atMs < forgottenAfterMs && open.size <= maxOpen) break;
      open.delete(key);
    }
    const others = [...open].filter(([key, each]) => key !== own && each.path === path);
    return others.map(([, each]) => each.name);
  };
}
