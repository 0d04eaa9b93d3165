import { basename, dirname, join } from 'node:path/posix';
import { productLayers as product } from '../../dev/bootstrap/layers.mjs';
import { file, type Rule } from './rule.ts';
import { layerOf, type SourceFile, syntaxOf, violationAt } from './source-file.ts';

/** Whom each layer may import beside itself. A layer that is not listed may import nobody. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  runtime: ['schemas'],
  rendering: ['schemas', 'runtime'],
  rules: ['schemas', 'runtime', 'rendering'],
  redrive: ['schemas', 'runtime'],
  processors: ['schemas', 'runtime', 'rendering', 'rules'],
  connectors: ['schemas', 'runtime'],
  gateway: ['schemas', 'runtime', 'rendering', 'rules', 'redrive'],
  analyst: ['schemas', 'runtime', 'rendering', 'rules', 'redrive', 'processors'],
  dev: product,
  bench: [...product, 'dev'],
  // An upstream service has nothing of ours but the broker and the registry.
  examples: [],
  test: [...product, 'dev', 'bench'],
};

type Edge = { readonly from: SourceFile; readonly start: number; readonly target: string };

function edgesOf(from: SourceFile): Edge[] {
  return syntaxOf(from)
    .imports.filter(({ specifier }) => /^[./]/.test(specifier))
    .map(({ specifier, start }) => ({ from, start, target: join(dirname(from.path), specifier) }));
}

export const directionRule: Rule = {
  title: 'imports point downwards: schemas, runtime, then the parts that never meet',
  check: (files) =>
    files.flatMap(edgesOf).flatMap(({ from, start, target }) => {
      const layer = layerOf(from.path);
      const below = layerOf(target);
      if (below === layer || mayImport[layer]?.includes(below)) return [];
      return [violationAt(from, start, `imports ${target}`)];
    }),
  planted: [
    file('processors/x.ts', "import type { A } from '../connectors/email/send.ts';"),
    file('connectors/email/x.ts', "export { a } from '../../gateway/app.ts';"),
    file('gateway/x.ts', "const a = await import('../processors/start.ts');"),
    file('processors/x.ts', "export * from '../analyst/why.ts';"),
    file('connectors/x.ts', "import { a } from '../processors/start.ts';"),
    file('runtime/kafka/x.ts', "import { a } from '../../processors/fan-out.ts';"),
    file('schemas/x.ts', "import { a } from '../runtime/clock.ts';"),
    file('runtime/x.ts', "import { a } from '../dev/infra/ports.ts';"),
    file('gateway/x.ts', "import { a } from '../test/driver/driver.ts';"),
    file('dev/x.ts', "import { a } from '../test/driver/driver.ts';"),
    file('analyst/x.ts', "import { a } from '../connectors/start.ts';"),
    file('analyst/x.ts', "import { a } from '../gateway/read/history.ts';"),
    file('runtime/x.ts', "import { a } from '../redrive/redrive.ts';"),
    file('redrive/x.ts', "import { a } from '../gateway/read/tables.ts';"),
    file('rendering/x.ts', "import { a } from '../processors/notify.ts';"),
    file('rules/x.ts', "import { a } from '../processors/notify.ts';"),
    file('rules/x.ts', "import { a } from '../gateway/read/tables.ts';"),
    file('connectors/x.ts', "import { a } from '../rendering/render.ts';"),
    file('examples/x.ts', "import { a } from '../schemas/topics.ts';"),
  ],
  innocent: [
    file('analyst/x.ts', "import { a } from '../processors/notify.ts';"),
    file('processors/x.ts', "import { a } from './fan-out.ts';\n// from '../gateway/app.ts'"),
    file('connectors/x.ts', 'const text = "import { a } from \'../gateway/app.ts\';";'),
    file('test/x.ts', "import { a } from '../dev/infra/ports.ts';"),
    file('gateway/x.ts', "import { a } from 'processors';"),
  ],
};

export const mainRule: Rule = {
  title: 'nothing imports a main.ts',
  check: (files) =>
    files
      .flatMap(edgesOf)
      .filter(({ target }) => basename(target) === 'main.ts')
      .map(({ from, start, target }) => violationAt(from, start, `imports ${target}`)),
  planted: [
    file('dev/x.ts', "import '../processors/main.ts';"),
    file('test/x.ts', "await import('../processors/main.ts');"),
  ],
  innocent: [
    file('dev/x.ts', "import { a } from './domain.ts';"),
    file('test/x.ts', "const path = './main.ts';"),
  ],
};
