import { runMain } from '../runtime/lifecycle.ts';
import { startProcessors } from './start.ts';

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

await runMain('processors', (context) => startProcessors({ ...context, names }));
