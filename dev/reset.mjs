/** `npm run reset`: forgets everything that `npm start` keeps. Downloads stay in the cache. */
import { join } from 'node:path';
import { removeData } from './infra/remove-data.mjs';

const dataDir = process.env.VESTNIK_DATA_DIR ?? join(import.meta.dirname, '..', '.data');

try {
  console.log((await removeData(dataDir)) ? `Removed ${dataDir}` : 'There was nothing to remove.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
