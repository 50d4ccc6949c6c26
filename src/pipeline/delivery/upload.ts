import type { DeliveryContext } from '../../context.js';
import { type RecipientValues, readLines } from '../../domain/recipients/recipient.js';
import { balanceLack } from '../../domain/runs/balance.js';
import { type HttpAnswer, isRefusalIn2xx, isSuccess, providerWords, readBroadcastFile } from '../../qiscus/answers.js';
import { broadcastCsv, plainBroadcastCsv } from '../../qiscus/broadcast-csv.js';
import type { NoAnswer } from '../../qiscus/client.js';
import {
  type Claim,
  keepClaim,
  recordFailure,
  recordSplitUpload,
  recordUpload,
  releaseClaim,
  type Upload,
} from '../../store/claims.js';
import { liftProbedHolds } from '../../store/holds.js';
import { holdRun, lockRunContent } from '../../store/runs.js';
import { bisect } from './bisect.js';
import { holdAccountFor, troubleOf } from './hold.js';

/** An upload's claim is short and kept alive, so that a dead worker's batch goes on within seconds. */
const longestUploadClaimMs = 5_000;

/** As many uploads as one refused file is worth: enough to find two bad rows among a thousand. */
const mostUploads = 24;

export function uploadClaimMs(ctx: DeliveryContext): number {
  return Math.min(ctx.config.claimTtlMs, longestUploadClaimMs);
}

/**
 * Makes the batch's broadcast file and uploads it. Uploading sends nothing, so it may be repeated as often as need be.
 * Returns whether a file is there and still ours to send.
 */
export async function uploadBatch(ctx: DeliveryContext, claim: Claim): Promise<boolean> {
  const kept = keepAlive(ctx, claim);
  try {
    const upload = (rows: readonly RecipientValues[]) => {
      kept.getsOn();
      return uploadRows(ctx, claim, rows);
    };
    const plain = plainBroadcastCsv(claim.columns, claim.separator, { lines: claim.lines ?? '', count: claim.size });
    const answer = plain ? await tryUpload(ctx, claim, plain, claim.size) : await upload(requireRecipients(claim));
    if (claim.probing && (answer.kind === 'file' || answer.kind === 'refused'))
      await liftProbedHolds(ctx.db, claim.account);
    if (answer.kind === 'file') return await recordFile(ctx, claim, answer.upload);
    if (answer.kind === 'refused') return await separateRefused(ctx, claim, answer.words, upload);
    if (answer.kind === 'broken') return await failBroken(ctx, claim, answer.words);
    return await giveBack(ctx, claim, answer.answer);
  } finally {
    kept.stop();
  }
}

/** A file that can't be paid is kept, and its run held: the provider would refuse batch after batch. */
async function recordFile(ctx: DeliveryContext, claim: Claim, upload: Upload): Promise<boolean> {
  const lack = ctx.config.balanceGuard ? balanceLack(upload.answer) : undefined;
  if (lack === undefined) return recordUpload(ctx.db, claim, upload);
  ctx.logger.warn({ runId: claim.runId, batchId: claim.batchId, reason: lack }, 'run held');
  await ctx.db.$transaction(async (tx) => {
    await lockRunContent(tx, claim.runId);
    if (!(await recordUpload(tx, claim, upload))) return;
    await holdRun(tx, claim.runId, { heldKind: 'balance', heldReason: lack });
    await releaseClaim(tx, claim);
  });
  return false;
}

type UploadAnswer =
  | { kind: 'file'; upload: Upload }
  | { kind: 'refused'; words: string }
  /** No file could be made of these rows that every reader reads as exactly these recipients. Qiscus wasn't asked. */
  | { kind: 'broken'; words: string }
  | { kind: 'trouble'; answer: HttpAnswer | NoAnswer };

async function uploadRows(ctx: DeliveryContext, claim: Claim, rows: readonly RecipientValues[]): Promise<UploadAnswer> {
  const made = broadcastCsv(claim.columns, claim.separator, rows);
  if (made.ok) return tryUpload(ctx, claim, made.csv, rows.length);
  return { kind: 'broken', words: `not sent: ${made.fault}` };
}

async function tryUpload(ctx: DeliveryContext, claim: Claim, csv: Buffer, recipients: number): Promise<UploadAnswer> {
  const answer = await ctx.qiscus.of(claim.account).upload({
    csv,
    fileName: `${claim.batchId}.csv`,
    templateDetailId: claim.templateDetailId,
    separator: claim.separator,
  });
  const file = 'status' in answer ? readBroadcastFile(answer) : undefined;
  const log = ctx.logger.child({ runId: claim.runId, batchId: claim.batchId, recipients });
  if (file) {
    log.info({ broadcastFileId: file.broadcastFileId }, 'uploaded');
    return {
      kind: 'file',
      upload: { broadcastFileId: file.broadcastFileId, answer: file.answer, ttlMs: uploadClaimMs(ctx) },
    };
  }
  if (!('status' in answer) || !isThisFilesFault(answer)) return { kind: 'trouble', answer };
  log.warn({ error: providerWords(answer) }, 'upload refused');
  return { kind: 'refused', words: providerWords(answer) };
}

/** The good rows of a refused file go out; the bad ones become a failed batch of their own, with the provider's words. */
async function separateRefused(
  ctx: DeliveryContext,
  claim: Claim,
  words: string,
  upload: (rows: readonly RecipientValues[]) => Promise<UploadAnswer>,
): Promise<boolean> {
  let trouble: HttpAnswer | NoAnswer | undefined;
  const ask = async (rows: readonly RecipientValues[]) => {
    // Once the account is in trouble, nothing more is found out: what was refused so far stays so.
    const answer = trouble ? undefined : await upload(rows);
    if (answer?.kind === 'trouble') trouble = answer.answer;
    return answer?.kind === 'file'
      ? { accepted: true as const }
      : { accepted: false as const, words: answer ? wordsOf(answer) : '' };
  };
  // The whole file was one upload, and the good rows' own file will be another.
  const { good, bad, words: latest } = await bisect(requireRecipients(claim), words, ask, mostUploads - 2);
  const answer = good.length > 0 && !trouble ? await upload(good) : undefined;
  if (answer?.kind === 'trouble') trouble = answer.answer;
  if (trouble) return giveBack(ctx, claim, trouble);
  if (answer?.kind === 'file') return recordSplitUpload(ctx.db, claim, answer.upload, { good, bad, words: latest });
  await recordFailure(ctx.db, claim, (answer && wordsOf(answer)) || latest);
  return false;
}

function wordsOf(answer: UploadAnswer): string {
  return 'words' in answer ? answer.words : '';
}

/** Trying again would make the same file. */
async function failBroken(ctx: DeliveryContext, claim: Claim, words: string): Promise<false> {
  ctx.logger.error({ runId: claim.runId, batchId: claim.batchId, error: words }, 'batch failed');
  await recordFailure(ctx.db, claim, words);
  return false;
}

/** The batch waits as it was, and its account is held. */
async function giveBack(ctx: DeliveryContext, claim: Claim, answer: HttpAnswer | NoAnswer): Promise<false> {
  // A stop cuts uploads off: that is no fault of the account.
  if (!ctx.stopping.aborted) await holdAccountFor(ctx, claim.account, troubleOf(answer, claim.now()));
  await releaseClaim(ctx.db, claim);
  return false;
}

function requireRecipients({ batchId, size, lines }: Claim): RecipientValues[] {
  const recipients = readLines(lines ?? '');
  if (recipients.length === size) return recipients;
  throw new Error(`batch ${batchId} has ${recipients.length} rows in the ledger and should have ${size}`);
}

/** What is about this file. Anything else is about the account, the network, or an address that isn't Qiscus's API (3xx, 404, 405). */
function isThisFilesFault(answer: HttpAnswer): boolean {
  if (isSuccess(answer)) return isRefusalIn2xx(answer);
  const { status } = answer;
  return status >= 400 && status < 500 && ![401, 402, 403, 404, 405, 408, 409, 429].includes(status);
}

/** Not for a worker that hangs: between two uploads there is a request and a few statements, each with a deadline. */
function keepAlive(ctx: DeliveryContext, claim: Claim): { getsOn(): void; stop(): void } {
  const ttlMs = uploadClaimMs(ctx);
  const { requestTimeoutMs, statementTimeoutMs } = ctx.config;
  let gotOnAt = performance.now();
  const beat = setInterval(() => {
    if (performance.now() - gotOnAt > requestTimeoutMs + 2 * statementTimeoutMs) return;
    keepClaim(ctx.db, claim, ttlMs).catch((err) =>
      ctx.logger.warn({ err, batchId: claim.batchId }, 'claim not kept alive'),
    );
  }, ttlMs / 3);
  return {
    getsOn: () => {
      gotOnAt = performance.now();
    },
    stop: () => clearInterval(beat),
  };
}
