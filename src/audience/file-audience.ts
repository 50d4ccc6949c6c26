import { stat } from 'node:fs/promises';
import type { Fitting } from '../domain/columns/column-map.js';
import { UsageError } from '../errors.js';
import { openFile } from '../input/open-file.js';
import { openRecipients } from '../input/read-recipients.js';
import type { AudienceSource } from './audience-source.js';

/** CSV or newline-delimited JSON, by its content, packed with gzip or not. `name` is what messages call it. */
export async function openFileAudience(path: string, name: string, fitting: Fitting): Promise<AudienceSource> {
  await refuseUnreadable(path, name);
  const file = await openFile(path, name);
  const stream = file.read();
  const close = async () => {
    stream.destroy();
    await file.close();
  };
  try {
    const { columns, rows } = await openRecipients({ stream, name, columnsIfEmpty: [], ...fitting });
    // Newline-delimited JSON without recipients is an empty file.
    return { columns: columns.length === 0 ? undefined : columns, rows, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A pipe could be read for one firing only, and opening it would wait for another program to write to it. */
async function refuseUnreadable(path: string, name: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.isFile() || found.isDirectory()) return;
  throw new UsageError(`${name} is a pipe or a device; a file is needed that can be read each time.`);
}
