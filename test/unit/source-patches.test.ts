import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutantPatches } from '../faults/mutants.ts';
import { recordMutantPatches } from '../faults/record-mutants.ts';
import { smallChunks, smallFetches, smallTurns } from '../faults/trial.ts';

// Found only when the whole fault suite runs otherwise, which takes ten minutes.
it.each([smallChunks, smallFetches, smallTurns, ...mutantPatches, ...recordMutantPatches])(
  'the fault suite finds once in $file: $find',
  ({ file, find }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  },
);
