import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { openRecipients } from './read-recipients.js';

/** Where recipients are read from. */
export type RecipientInput = {
  /** What messages call it. */
  name: string;
  /** In bytes, if it is a file, which can be read again; otherwise it can be read once only. */
  size: number | undefined;
  /** Its content from the beginning. */
  read(): AsyncIterable<Buffer>;
  close(): Promise<void>;
};

/** @throws {UsageError} when there is no such file. */
export async function openInput(path: string): Promise<RecipientInput> {
  if (path === '-') return standardInput();
  const file = await open(path).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : String(cause);
    throw new UsageError(`${path} can't be opened: ${why}.`, { cause });
  });
  const found = await file.stat();
  if (found.isDirectory()) {
    await file.close();
    throw new UsageError(`${path} is a folder; give a file of recipients, CSV or newline-delimited JSON.`);
  }
  return {
    name: path,
    size: found.isFile() ? found.size : undefined,
    // Always the same open file, whatever takes its name meanwhile. A pipe has no positions.
    read: () => file.createReadStream({ autoClose: false, ...(found.isFile() && { start: 0 }) }),
    close: () => file.close(),
  };
}

function standardInput(): RecipientInput {
  return {
    name: 'standard input',
    size: undefined,
    read: () => process.stdin,
    async close() {
      process.stdin.destroy();
    },
  };
}

/** What was read so far; those who show progress look at it. */
export type Reading = { bytes: number; rows: number };

/**
 * Reads a file to its end, so that what can't be read is found before anything is on its way.
 * Returns the SHA-256 of its content. @throws {UsageError | SiaranError} as `openRecipients` does.
 */
export async function checkInput(
  input: RecipientInput,
  separator: ',' | ';' | undefined,
  reading: Reading,
): Promise<string> {
  const content = hashed(input.read());
  const { rows, bytesRead } = await openRecipients({
    stream: content,
    name: input.name,
    ...(separator && { separator }),
  });
  for await (const _ of rows) {
    reading.rows += 1;
    reading.bytes = bytesRead();
  }
  return content.digest();
}

/** A stream that, once it has been read to its end, knows the SHA-256 of what it gave. */
export function hashed(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> & { digest(): string } {
  const hash = createHash('sha256');
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of stream) {
        hash.update(chunk);
        yield chunk;
      }
    },
    digest: () => hash.digest('hex'),
  };
}
