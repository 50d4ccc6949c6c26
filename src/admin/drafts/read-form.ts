import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { UsageError } from '../../errors.js';

/** A form with a file, as it comes. Its fields stand before the file, which is read as fast as whoever takes it does. */
export type SentForm = {
  fields: Readonly<Record<string, string>>;
  /** `null`: none was chosen. */
  file: { name: string; content: AsyncIterable<Buffer> } | null;
};

/** Longer fields than these are none of our forms'. */
const limits = { fields: 20, fieldSize: 2_000, files: 1, parts: 25, headerPairs: 20, headerSize: 8_000 } as const;

/**
 * Reads a form up to its file. If the browser goes away in the middle, reading the file fails: what is cut off never looks whole.
 * @throws {UsageError} when it is no such form
 */
export function readForm(request: IncomingMessage): Promise<SentForm> {
  const fields: Record<string, string> = {};
  return new Promise((resolve, reject) => {
    const parser = open(request);
    let file: BusboyFileStream | undefined;
    parser.on('field', (name, value) => {
      fields[name] = value;
    });
    parser.on('file', (_field, stream, name) => {
      // A browser sends an empty file where none was chosen.
      if (!name) return void stream.resume();
      file = stream;
      // It fails where it is read, if it is.
      stream.on('error', () => undefined);
      resolve({ fields, file: { name, content: stream as Readable as AsyncIterable<Buffer> } });
    });
    pipeline(request, parser).then(
      () => resolve({ fields, file: null }),
      (cause: unknown) => {
        const broken = new UsageError('The form broke off before all of it was here. Send it again.', { cause });
        file?.destroy(broken);
        reject(broken);
      },
    );
  });
}

function open({ headers }: IncomingMessage): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits });
  } catch (cause) {
    throw new UsageError('This is no form with a file.', { cause });
  }
}
