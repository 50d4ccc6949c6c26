import type { Context } from '../../context.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { Doubts } from '../../domain/recipients/doubts.js';
import { parseExactly } from '../../domain/recipients/exact-json.js';
import {
  phoneNumberOf,
  type ReadRecipient,
  type RecipientLine,
  UnreadableRow,
} from '../../domain/recipients/recipient.js';
import { compileReaderFor } from '../../domain/templates/check-row.js';
import { saveDoubts } from '../../store/doubtful-values.js';
import { type HandedInBlock, mostRowBytes, takeHandedIn, type UnreadRow } from '../../store/handed-in.js';
import { promiseHandedIn } from '../../store/intakes.js';
import { findEmptyBatch } from '../../store/lost-sends.js';
import type { Sql } from '../../store/postgres/sql.js';
import { insertRejections, type RejectedRow } from '../../store/rejections.js';
import type { LockedRun } from '../../store/runs.js';
import { findTemplate } from '../../store/templates.js';

/** What a turn of the chunker takes of rows that were handed in. `next`: the first block that is left. */
type Relayed = { stream: RelayedStream | undefined; next: string | undefined };

/** To be absorbed like the blocks of any intake, in the same transaction. */
type RelayedStream = {
  intakeId: string;
  from: number;
  to: number;
  blocks: string[];
  hasDuplicates: boolean;
};

/**
 * Takes rows that were handed in within their callers' transactions. Whatever has happened to the run since, none of them is
 * lost: they become recipients, or are kept as rejected. Call it under the run's content lock.
 */
export async function relayHandedIn(ctx: Context, tx: Sql, run: LockedRun, mostRows: number): Promise<Relayed> {
  const { blocks, next } = await takeHandedIn(tx, run.id, mostRows);
  if (blocks.length === 0) return { stream: undefined, next };
  const template = await findTemplate(tx, run.account, run.templateDetailId);
  const read = compileReaderFor(template, run.columns, ctx.config.defaultCountry, run.values);
  const { lines, rejections, doubts } = readBlocks(read, blocks, await refusalOf(tx, run));
  await insertRejections(tx, run.id, rejections);
  await saveDoubts(tx, run.id, 'transaction', doubts.list(), 'add');
  if (lines.length === 0) return { stream: undefined, next };
  const { id, from, duplicates } = await promiseHandedIn(tx, run.id, { blocks: blocks.length, rows: lines.length });
  return {
    stream: { intakeId: id, from, to: from + blocks.length, blocks: [lines.join('\n')], hasDuplicates: duplicates > 0 },
    next,
  };
}

/** Why the run takes no more recipients, so that no number is messaged twice; `undefined`: it takes them. */
async function refusalOf(tx: Sql, run: LockedRun): Promise<string | undefined> {
  if (run.purgedAt)
    return `came after the run's numbers had been removed (${run.purgedAt.toISOString()}): it is not known whether it was messaged before`;
  const empty = await findEmptyBatch(tx, run.id);
  if (empty === undefined) return undefined;
  return `came after Postgres had lost the recipients of batch ${empty}, which was sent: it is not known whether it was messaged with that batch`;
}

function readBlocks(
  read: ReadRecipient,
  blocks: readonly HandedInBlock[],
  refusal: string | undefined,
): { lines: RecipientLine[]; rejections: RejectedRow[]; doubts: Doubts } {
  const [lines, rejections, doubts]: [RecipientLine[], RejectedRow[], Doubts] = [[], [], new Doubts()];
  for (const block of blocks) {
    const source = `transaction ${block.id}`;
    const unread = new Set(block.unread.map(({ position }) => position));
    for (const row of block.unread)
      rejections.push({ source, position: row.position, digest: row.digest, reason: whyUnread(row) });
    for (const [at, row] of (parseExactly(block.rows) as unknown[]).entries()) {
      if (unread.has(at + 1)) continue;
      const reading = read(row);
      if (reading.ok && refusal === undefined) {
        lines.push(reading.line);
        doubts.add(reading.doubts);
        continue;
      }
      const { reason, digest } = reading.ok ? refused(reading.line, refusal ?? '') : reading;
      rejections.push({ source, position: at + 1, digest, reason });
    }
  }
  return { lines, rejections, doubts };
}

function whyUnread({ bytes }: UnreadRow): string {
  if (bytes <= mostRowBytes) return 'the row stands beyond the first 8 MB of what was handed in with it';
  return `the row is above 1 MB (${bytes.toLocaleString('en')} bytes as JSON)`;
}

function refused(line: RecipientLine, refusal: string): UnreadableRow {
  return new UnreadableRow(`phone_number ${showMasked(phoneNumberOf(line))} ${refusal}`, line);
}
