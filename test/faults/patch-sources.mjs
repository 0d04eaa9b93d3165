import { registerHooks } from 'node:module';

/**
 * Loaded with `--import` into a process under test: changes the text of modules as they are read,
 * so that limits can be small and mutants of the engine need no switch in the product. A patch
 * whose text is not found exactly once ends the process, or a mutant could fail to be one.
 */
const patches = JSON.parse(process.env.VESTNIK_SOURCE_PATCHES ?? '[]');

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const mine = patches.filter(({ file }) => url.endsWith(`/${file}`));
    if (mine.length === 0) return loaded;
    let source = String(loaded.source);
    for (const { file, find, replace } of mine) {
      const parts = source.split(find);
      if (parts.length !== 2) {
        throw new Error(`patch of ${file}: found ${parts.length - 1} times: ${find}`);
      }
      source = parts.join(replace);
    }
    return { ...loaded, source };
  },
});
