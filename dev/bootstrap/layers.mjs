/**
 * The folders of the product, each may import some of those before it; which, says
 * test/architecture/direction.ts. Whoever works through the code folder by folder asks here.
 */
export const productLayers = [
  'schemas',
  'runtime',
  'rendering',
  'rules',
  'redrive',
  'processors',
  'connectors',
  'gateway',
  'analyst',
];

/** All folders with code. */
export const layers = [...productLayers, 'dev', 'test', 'bench', 'examples'];
