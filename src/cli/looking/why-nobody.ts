import { outcomeWords } from '../../domain/runs/run-words.js';
import { commonRejections } from '../../pipeline/views/list-rejections.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import type { DryRun } from '../send/dry-run.js';
import type { Sent } from '../send/send-recipients.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { count, note, plural } from '../terminal/output.js';
import type { Opened } from '../with-siaran.js';

const reasonsShown = 3;

/**
 * Says why sending has reached nobody and never will; `undefined` if it took somebody, or if what was sent before reached
 * somebody or still may. @param name what messages call the file or stream.
 */
export async function whyNobody(session: Opened, sent: Sent, name: string): Promise<string | undefined> {
  if (sent.already) return whyNobodyBefore(session, await session.siaran.run(sent.runId));
  if (sent.accepted > 0) return undefined;
  if (sent.rejected === 0) return `No recipient was accepted: there is no row in ${name}.`;
  return `No recipient was accepted: ${await rejectedWords(session, sent)}`;
}

async function whyNobodyBefore(session: Opened, run: RunView): Promise<string | undefined> {
  const { scheduled, unknown } = run.batches;
  if (run.outcome === null || scheduled + unknown + run.extraSends.length > 0) return undefined;
  const before = `Run ${run.id} has the same recipients already, and`;
  if (run.outcome === 'nobody') return `${before} nobody was in it${await whyRejected(session, run)}`;
  return `${before} reached none of them: it ended ${outcomeWords[run.outcome]}. See siaran run ${run.id}`;
}

/** Why nobody is in a run that is complete; `undefined` if somebody is, or still may be. */
export async function whyNobodyIn(session: Opened, run: RunView): Promise<string | undefined> {
  if (run.outcome !== 'nobody') return undefined;
  return `Nobody was in run ${run.id}${await whyRejected(session, run)}`;
}

async function whyRejected(session: Opened, { id, recipients }: RunView): Promise<string> {
  const { rejected } = recipients;
  return rejected === 0 ? '.' : `: ${await rejectedWords(session, { runId: id, rejected })}`;
}

async function rejectedWords({ ctx }: Opened, { runId, rejected }: Pick<Sent, 'runId' | 'rejected'>): Promise<string> {
  const reasons = await commonRejections(ctx, runId, reasonsShown);
  return [
    `${allRows(rejected)} rejected.`,
    ...inOneLine(reasons).map(({ count: rows, position, reason }) =>
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

/** Nobody is told that it is done when nobody was reached. @param why if nobody was. */
export function failIfNobody(why: string | undefined): void {
  if (why === undefined) return;
  process.exitCode = exitCodes.failed;
  note(why);
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
