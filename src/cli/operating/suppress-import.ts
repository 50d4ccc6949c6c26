import { basename } from 'node:path';
import { openNumbers } from '../../input/read-numbers.js';
import { audited } from '../../pipeline/audited.js';
import { type Importing, importSuppressions, startImporting } from '../../pipeline/operating/suppress.js';
import { openInput, warnOfCut } from '../send/recipient-input.js';
import { exitCodes } from '../terminal/failure.js';
import { Interrupted, unlessInterrupted } from '../terminal/interrupt.js';
import { count, plural, print, printJson } from '../terminal/output.js';
import { showProgress } from '../terminal/progress.js';
import type { Opened } from '../with-siaran.js';

/** Reads a file of numbers and puts them on the list, as it goes. */
export async function runImport(session: Opened, path: string, stop: AbortSignal, json: boolean): Promise<void> {
  const importing = startImporting();
  await readInto(importing, session, path, stop);
  if (importing.rejected > 0 && importing.added + importing.already === 0) process.exitCode = exitCodes.failed;
  if (json) return printJson(importing);
  await print(describeImport(importing));
}

async function readInto(importing: Importing, { ctx }: Opened, path: string, stop: AbortSignal): Promise<void> {
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
    const reason = `imported from ${path === '-' ? input.name : basename(path)}`.slice(0, 200);
    const act = { action: 'import suppressions', detail: { reason } } as const;
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

function stoppedAfter({ signal }: Interrupted, importing: Importing): Interrupted {
  return new Interrupted(signal, `Stopped: ${describeCounts(importing)}. The same command again completes it.`);
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
  ].join('\n');
}
