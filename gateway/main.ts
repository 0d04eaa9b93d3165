import { runMain } from '../runtime/lifecycle.ts';
import { startGateway } from './start.ts';

await runMain('gateway', startGateway);
