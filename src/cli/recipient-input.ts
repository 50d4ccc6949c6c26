import { createHash } from 'node:crypto';
import { openFile } from '../audience/open-file.js';

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

/** A file or stream with nothing in it makes a run too, so that its end is told: nobody was in it. */
export const columnsIfEmpty: readonly string[] = ['phone_number'];

/** @throws {UsageError} when there is no such file. */
export async function openInput(path: string): Promise<RecipientInput> {
  return path === '-' ? standardInput() : { name: path, ...(await openFile(path)) };
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
