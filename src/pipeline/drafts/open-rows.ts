import { openAudience } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';
import { asTheyStand, type FittingOrAny } from '../../domain/columns/column-map.js';
import { UsageError } from '../../errors.js';
import { openTable } from '../../input/open-table.js';
import { openText } from '../../input/open-text.js';
import { openRecipients } from '../../input/read-recipients.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { audienceMeans } from '../campaigns/audience-means.js';
import { readDraftFile } from '../read-draft-file.js';

type File = Pick<DraftRow, 'uploadId' | 'fileName' | 'receivedBytes'>;

/** The rows of a draft, as they become recipients. To be read once. */
type OpenedRows = {
  columns: readonly string[] | undefined;
  rows: AsyncIterable<unknown>;
  /** Of the file, so far. */
  bytesRead(): number;
  close(): Promise<void>;
};

/** What files without recipients have. */
const nothing = { columnsIfEmpty: [] as string[] };

/** Opens what a draft's recipients come from, as its mapping says. @throws {UsageError | SiaranError} when it can't be read */
export async function openRows(
  ctx: Context,
  row: File & Pick<DraftRow, 'audience' | 'name'>,
  fitting: FittingOrAny,
  signal?: AbortSignal,
): Promise<OpenedRows> {
  if (row.audience !== null) {
    const firing = { campaign: row.name, firesAt: new Date() };
    const opened = await openAudience(
      { kind: 'named', name: row.audience },
      audienceMeans(ctx, signal),
      firing,
      fitting,
    );
    return { columns: opened.columns, rows: opened.rows, bytesRead: () => 0, close: () => opened.close() };
  }
  const name = row.fileName ?? 'the file';
  const opened = await openRecipients({ stream: readDraftFile(ctx, row, signal), name, ...nothing, ...fitting });
  return { columns: opened.columns, rows: opened.rows, bytesRead: opened.bytesRead, close: async () => {} };
}

/** The heads of an uploaded file. @throws {UsageError | SiaranError} that says why it is no list */
export async function headsOfFile(ctx: Context, file: File): Promise<string[]> {
  const name = file.fileName ?? 'the file';
  const table = await openTable({ name, ...nothing }, openText(readDraftFile(ctx, file), name));
  await table.close();
  if (table.isEmpty) throw new UsageError(`${name} is empty; its first line must name the columns.`);
  return [...table.heads];
}

/** The heads of an audience that the configuration names. @throws {UsageError | AudienceError} */
export async function headsOfAudience(ctx: Context, name: string): Promise<string[]> {
  const firing = { campaign: '', firesAt: new Date(0) };
  const opened = await openAudience({ kind: 'named', name }, audienceMeans(ctx), firing, asTheyStand);
  await opened.close();
  if (opened.columns === undefined)
    throw new UsageError(`The audience ${opened.name} is empty; its first line must name the columns.`);
  return [...opened.columns];
}
