import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadedBytes, runMaven } from '../../../../dev/infra/maven.ts';
import type { StepState } from '../../../../dev/infra/progress.ts';

describe('downloadedBytes', () => {
  test.each([
    ['Downloaded from central: https://repo/x.pom (7.6 kB at 20 kB/s)', 7_600],
    ['[INFO] Downloaded from central: https://repo/x.jar (1.2 MB at 3.4 MB/s)', 1_200_000],
    ['Downloaded from central: https://repo/x.sha1 (40 B at 1.1 kB/s)', 40],
    ['Downloading from central: https://repo/x.jar', 0],
    ['[INFO] BUILD SUCCESS', 0],
    ['', 0],
  ])('%s', (line, bytes) => {
    expect(downloadedBytes(line)).toBe(bytes);
  });
});

describe('runMaven', () => {
  let folder: string;
  let path: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vestnik-maven-'));
    path = process.env['PATH'];
    process.env['PATH'] = `${folder}:${path}`;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  /** A Maven that prints these lines. */
  function fakeMaven(lines: readonly string[], code = 0): void {
    const prints = lines.map((line) => `echo '${line}'`);
    writeFileSync(join(folder, 'mvn'), ['#!/bin/sh', ...prints, `exit ${code}`].join('\n'));
    chmodSync(join(folder, 'mvn'), 0o755);
  }

  const downloaded = (mb: number) => `Downloaded from central: https://repo/x (${mb} MB at 1 MB/s)`;

  test('reports each whole megabyte, with what there may be at most', async () => {
    const states: StepState[] = [];
    const progress = (_step: string, state: StepState) => void states.push(state);
    fakeMaven([downloaded(0.4), downloaded(0.4), downloaded(1.3), '[INFO] done']);
    await runMaven(['package'], { cwd: folder, step: 'registry', totalMb: 180, progress });
    expect(states).toEqual([{ kind: 'downloaded', mb: 2, atMostMb: 180 }]);
  });

  test('a failure says why, without the advice around it', async () => {
    fakeMaven(['[INFO] scanning', '[ERROR] no route to host', 'more'], 1);
    const options = { cwd: folder, step: 'kafka', totalMb: 1, progress: () => undefined };
    await expect(runMaven(['x'], options)).rejects.toThrow(
      'Maven failed for kafka:\n[ERROR] no route to host',
    );
  });
});
