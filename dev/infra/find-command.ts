import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The path of a command, if it is in one of the folders. */
export function findCommand(name: string, folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
