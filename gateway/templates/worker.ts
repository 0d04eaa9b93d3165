/** The thread in which templates are checked and rendered before anybody vouches for them. */
import { parentPort } from 'node:worker_threads';
import { answerTo, type Task } from './work.ts';

// Imported by anything else than a thread, this does nothing.
if (parentPort) {
  const main = parentPort;
  main.on('message', (task: Task) => main.postMessage({ answer: answerTo(task) }));
  main.postMessage({ ready: true });
}
