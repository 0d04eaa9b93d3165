import { runMain } from '../runtime/lifecycle.ts';
import { startConnectors } from './start.ts';

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

await runMain('connectors', (context) => startConnectors({ ...context, names }));
