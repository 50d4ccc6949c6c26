import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from '../errors.js';

export type OpenedFile = {
  /** In bytes, if it is a file, which can be read again; undefined for a pipe, which can be read once only. */
  size: number | undefined;
  /** Its content from the beginning. */
  read(): Readable;
  close(): Promise<void>;
};

/** What is asked of a file before it is read. */
type Opening = {
  /** Besides that it is opened for reading; 0: nothing. */
  flags?: number;
  /** Looks at it once it is open, when nothing else can take its place any more. It may throw. */
  inspect?: (file: FileHandle) => Promise<void>;
};

/**
 * Opens a file of recipients. `name` is what messages call it.
 * @throws {UsageError} when there is no such file, it may not be read, or it is a folder.
 */
export async function openFile(
  path: string,
  name: string = path,
  { flags = 0, inspect = async () => {} }: Opening = {},
): Promise<OpenedFile> {
  const file = await open(path, constants.O_RDONLY | flags).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : String(cause);
    throw new UsageError(`${name.replaceAll(/\s/g, ' ')} can't be opened: ${why}.`, { cause });
  });
  const found = await looked(file, name, inspect).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  return {
    size: found.isFile() ? found.size : undefined,
    // Always the same open file, whatever takes its name meanwhile. A pipe has no positions.
    read: () => file.createReadStream({ autoClose: false, ...(found.isFile() && { start: 0 }) }),
    close: () => file.close(),
  };
}

async function looked(file: FileHandle, name: string, inspect: NonNullable<Opening['inspect']>): Promise<Stats> {
  await inspect(file);
  const found = await file.stat();
  if (!found.isDirectory()) return found;
  throw new UsageError(`${name} is a folder; give a file of recipients, CSV or newline-delimited JSON.`);
}
