import { type Fitting, type FittingOrAny, isKnownColumn } from '../domain/columns/column-map.js';
import { UsageError } from '../errors.js';
import { openRecipients } from '../input/read-recipients.js';
import type { AudienceSource } from './audience-source.js';
import { openBelow } from './open-below.js';

type FileMeans = {
  /** Below it are the files of audiences. Undefined: there are none. */
  dir: string | undefined;
};

/** CSV or newline-delimited JSON, by its content, packed with gzip or not. `name` is what messages call it. */
export async function openFileAudience(
  path: string,
  name: string,
  { dir }: FileMeans,
  fitting: FittingOrAny,
): Promise<AudienceSource> {
  if (dir === undefined)
    throw new UsageError(
      `${name} can't be read: SIARAN_AUDIENCE_DIR is not set. Set it, where workers and the admin run, to the folder that audiences' files are in.`,
    );
  const file = await openBelow(dir, path, name);
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
    throw error instanceof UsageError ? withoutContents(error, name, fitting) : error;
  }
}

const quoted = /"(?:[^"\\]|\\.)*"?/gs;
const guesses = / Probably meant: .*$/s;

/**
 * What is wrong with the header line, without quoting it: who sees the message may be somebody who may not read the file. Columns
 * that Siaran knows, and heads that the campaign itself names, are no secret.
 */
function withoutContents({ message }: UsageError, name: string, { map, ignoreColumns }: Fitting): UsageError {
  const told = new Set([...Object.keys(map), ...ignoreColumns]);
  const shown = (text: string): string => {
    const words = unquoted(text);
    return words !== undefined && (isKnownColumn(words) || told.has(words)) ? text : '…';
  };
  const rest = message.startsWith(name) ? message.slice(name.length) : message;
  const telling = rest.replace(guesses, '').replace(quoted, shown);
  const hint = telling === rest ? '' : ' What stands there is told to who may read it, by siaran send FILE --dry-run.';
  return new UsageError(`${name}${telling}${hint}`);
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
