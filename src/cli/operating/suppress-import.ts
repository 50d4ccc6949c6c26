import { basename } from 'node:path';
import { SiaranError, UsageError } from '../../errors.js';
import { openNumbers } from '../../input/read-numbers.js';
import { audited } from '../../pipeline/audited.js';
import { type Importing, importSuppressions, startImporting } from '../../pipeline/operating/suppress.js';
import { openInput, warnOfCut } from '../send/recipient-input.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { exitCodes } from '../terminal/failure.js';
import { Interrupted, unlessInterrupted } from '../terminal/interrupt.js';
import { count, plural, print, printJson } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import type { Opened } from '../with-siaran.js';

export type ImportFlags = { json?: true; yes?: true };

/** Reads a file of numbers and puts them on the list, as it goes. */
export async function runImport(session: Opened, path: string, stop: AbortSignal, flags: ImportFlags): Promise<void> {
  const importing = startImporting();
  await readInto(importing, session, path, { stop, isMeant: flags.yes === true });
  if (importing.rejected > 0 && importing.added + importing.already === 0) process.exitCode = exitCodes.failed;
  if (flags.json) return printJson(importing);
  await print(describeImport(importing));
}

async function readInto(
  importing: Importing,
  { ctx }: Opened,
  path: string,
  { stop, isMeant }: { stop: AbortSignal; isMeant: boolean },
): Promise<void> {
  const input = await openInput(path);
  const total = input.size;
  let bytesRead = () => 0;
  const shown = showProgress(() => ({
    fraction: total === undefined ? undefined : total === 0 ? 1 : bytesRead() / total,
    text: describeCounts(importing),
  }));
  try {
    const opened = await unlessInterrupted(
      stop,
      openNumbers({ stream: input.read(), name: input.name, mayBeCut: total === undefined }),
    );
    bytesRead = opened.bytesRead;
    if (!isMeant && opened.recipientColumns.length > 0) {
      shown.stop();
      await confirm(input.name, opened.recipientColumns, stop);
    }
    const reason = `imported from ${path === '-' ? input.name : basename(path)}`.slice(0, 200);
    const act = { action: 'import suppressions', detail: { reason, importId: importing.importId } } as const;
    await unlessInterrupted(
      stop,
      audited(ctx, act, () => importSuppressions(ctx, opened.rows, reason, importing)),
    );
    warnOfCut(input.name, opened.cutLine());
  } catch (error) {
    throw error instanceof Interrupted ? stoppedAfter(error, importing) : error;
  } finally {
    shown.stop();
    await input.close();
  }
}

/** A list of customers in the place of one of opt-outs would keep everybody from being messaged. */
async function confirm(name: string, columns: readonly string[], stop: AbortSignal): Promise<void> {
  const why = `${name} has ${columns.slice(0, 5).join(', ')} too, as a list of recipients has`;
  if (!canAsk) throw new UsageError(`${why}. If all its numbers are never to be messaged again, say so with --yes.`);
  if (await askYesNo(`${why}. Put all its numbers on the suppression list?`, stop)) return;
  throw new SiaranError('NOT_MEANT', 'nothing was imported, as the answer was not yes.');
}

function stoppedAfter({ signal }: Interrupted, importing: Importing): Interrupted {
  const counts = describeCounts(importing);
  return new Interrupted(
    signal,
    `Stopped: ${counts}. The same command again completes it.\n${howToUndo(importing)}`.trimEnd(),
  );
}

function describeCounts({ added, already, rejected }: Importing): string {
  return `${count(added)} added · ${count(already)} already there · ${count(rejected)} rejected`;
}

function describeImport(importing: Importing): string {
  const { rejected, rejections } = importing;
  const more = rejected - rejections.length;
  return [
    describeCounts(importing),
    ...rejections.map(({ position, reason }) => `  row ${position}: ${reason}`),
    ...(more > 0 ? [`  and ${plural(more, 'row')} more`] : []),
    howToUndo(importing),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function howToUndo({ added, already, importId }: Importing): string {
  return added + already > 0 ? `To undo it: siaran suppress undo --import ${importId}` : '';
}
