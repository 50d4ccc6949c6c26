import { closeSync, openSync, readSync } from 'node:fs';

/**
 * The text of a file in UTF-8, or `undefined` when it has more than so many bytes: no more of it is read, whatever it is.
 * @throws Node's own errors, such as ENOENT.
 */
export function readSmallFile(path: string, mostBytes: number): string | undefined {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) return bytes.toString('utf8', 0, length);
      length += read;
      if (length > mostBytes) return undefined;
    }
  } finally {
    closeSync(file);
  }
}
