import { outcomeWords } from '../domain/run-words.js';
import { commonRejections } from '../pipeline/list-rejections.js';
import type { RunView } from '../pipeline/view-run.js';
import type { DryRun } from './dry-run.js';
import { count, plural } from './output.js';
import type { Sent } from './send-recipients.js';
import type { Opened } from './with-siaran.js';

const reasonsShown = 3;

/**
 * Says why sending has reached nobody and never will; `undefined` if it took somebody, or if what was sent before reached
 * somebody or still may. @param name what messages call the file or stream.
 */
export async function whyNobody(session: Opened, sent: Sent, name: string): Promise<string | undefined> {
  if (sent.already) return whyNobodyBefore(session, await session.siaran.run(sent.runId));
  if (sent.accepted > 0) return undefined;
  if (sent.rejected === 0) return `Nobody was taken: there is no row in ${name}.`;
  return `Nobody was taken: ${await rejectedWords(session, sent)}`;
}

async function whyNobodyBefore(session: Opened, run: RunView): Promise<string | undefined> {
  const { scheduled, unknown } = run.batches;
  if (run.outcome === null || scheduled + unknown > 0) return undefined;
  const before = `Run ${run.id} has the same recipients already, and`;
  if (run.outcome !== 'nobody')
    return `${before} reached none of them: it ended ${outcomeWords[run.outcome]}. See siaran run ${run.id}`;
  const { rejected } = run.recipients;
  if (rejected === 0) return `${before} nobody was in it.`;
  return `${before} nobody was in it: ${await rejectedWords(session, { runId: run.id, rejected })}`;
}

async function rejectedWords({ ctx }: Opened, { runId, rejected }: Pick<Sent, 'runId' | 'rejected'>): Promise<string> {
  const reasons = await commonRejections(ctx, runId, reasonsShown);
  return [
    `${allRows(rejected)} rejected.`,
    ...reasons.map(({ count: rows, position, reason }) =>
      rows === 1
        ? `  1 row, row ${position}: ${reason}`
        : `  ${count(rows)} rows, the first is row ${position}: ${reason}`,
    ),
    `All of them: siaran rejections ${runId}`,
  ].join('\n');
}

function allRows(rejected: number): string {
  return rejected === 1 ? '1 row was' : `all ${count(rejected)} rows were`;
}

/** As `whyNobody`, of what would be sent. */
export function whyNobodyWouldBe(dryRun: DryRun, name: string): string | undefined {
  const { accepted, rejected, duplicates, suppressed } = dryRun;
  if (accepted - duplicates - suppressed > 0) return undefined;
  const would = 'Nobody would be messaged:';
  if (accepted > 0) {
    const others = rejected > 0 ? `, and ${plural(rejected, 'row')} would be rejected` : '';
    return `${would} all are suppressed${others}.`;
  }
  if (rejected === 0) return `${would} there is no row in ${name}.`;
  return `${would} ${rejected === 1 ? '1 row' : `all ${count(rejected)} rows`} would be rejected.`;
}
