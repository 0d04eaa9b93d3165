/** `npm run reset`: forgets everything that `npm start` keeps. Downloads stay in the cache. */
import { dataDirOf } from './infra/environment.mjs';
import { removeData } from './infra/remove-data.mjs';

const dataDir = dataDirOf();

try {
  console.log((await removeData(dataDir)) ? `Removed ${dataDir}` : 'There was nothing to remove.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
