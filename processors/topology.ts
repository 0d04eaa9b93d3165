import type { Processor } from '../runtime/processor.ts';
import { audience } from './audience.ts';
import { notify } from './notify.ts';

/** All processors, in the order of the flow. */
export const topology: readonly Processor[] = [audience, notify];
