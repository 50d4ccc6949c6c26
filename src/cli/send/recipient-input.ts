import { createHash } from 'node:crypto';
import type { Fitting } from '../../domain/columns/column-map.js';
import type { Separator } from '../../domain/runs/sending.js';
import { openFile } from '../../input/open-file.js';
import { type OpenedRecipients, openRecipients } from '../../input/read-recipients.js';
import { note } from '../terminal/output.js';

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
const columnsIfEmpty: readonly string[] = ['phone_number'];

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

/** How a file of recipients is read: the separator where its header doesn't tell, and how its heads become columns. */
export type ReadingOptions = { separator?: Separator | undefined; fitting: Fitting };

/** Opens what an input holds. `stream`: its content, as it is read this time. */
export function openRows(
  { name, size }: RecipientInput,
  stream: AsyncIterable<Buffer>,
  { separator, fitting }: ReadingOptions,
): Promise<OpenedRecipients> {
  return openRecipients({
    ...{ stream, name, ...fitting, mayBeCut: size === undefined, columnsIfEmpty },
    ...(separator && { separator }),
  });
}

export function warnOfCut(name: string, line: number | undefined): void {
  if (line === undefined) return;
  note(
    `Warning: ${name} ended in the middle of line ${line}, which has no line end. That row was rejected; what wrote it may have stopped early.`,
  );
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
