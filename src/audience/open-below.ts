import { constants } from 'node:fs';
import { type FileHandle, readlink, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors.js';
import { type OpenedFile, openFile } from '../input/open-file.js';

/**
 * Opens a file whose real place is below a folder; a path that isn't absolute begins there. What is open counts, not what the path
 * leads to before or after. `name` is what messages call it. @throws {UsageError}
 */
export async function openBelow(dir: string, path: string, name: string): Promise<OpenedFile> {
  const realDir = await realpath(dir).catch((cause: unknown) => {
    throw new UsageError(`${name} can't be read: SIARAN_AUDIENCE_DIR is ${dir}, and there is no such folder.`, {
      cause,
    });
  });
  const wanted = resolve(dir, path);
  // Of what is elsewhere not even whether it is there is told.
  if (!isBelow(dir, wanted) && !isBelow(realDir, wanted)) throw outside(name, dir);
  return openFile(wanted, name, {
    // A pipe would wait for a writer.
    flags: constants.O_NONBLOCK,
    async inspect(file) {
      if (!isBelow(realDir, await realPathOf(file, wanted, name))) throw outside(name, dir);
      const found = await file.stat();
      if (!found.isFile() && !found.isDirectory())
        throw new UsageError(`${name} is a pipe or a device; a file is needed that can be read each time.`);
    },
  });
}

function outside(name: string, dir: string): UsageError {
  return new UsageError(`${name} can't be read: it is not below ${dir}, which is SIARAN_AUDIENCE_DIR.`);
}

function isBelow(dir: string, path: string): boolean {
  const way = relative(dir, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Of what is open, whatever took its place meanwhile. Elsewhere than on Linux only as far as Node can tell. */
async function realPathOf(file: FileHandle, path: string, name: string): Promise<string> {
  const told = await readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
  if (told !== undefined) return told;
  const real = await realpath(path);
  const [open, there] = await Promise.all([file.stat({ bigint: true }), stat(real, { bigint: true })]);
  if (open.ino === there.ino && open.dev === there.dev) return real;
  throw new UsageError(`${name} was replaced while it was opened.`);
}
