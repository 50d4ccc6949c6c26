import type { DraftState } from '../../domain/drafts/draft-states.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { DraftModel } from '../../generated/prisma/models.js';
import { type Json, jsonOrNull, type Sql } from '../postgres/database.js';

/** What a draft is made of, as it is kept. */
export type DraftRow = Pick<
  DraftModel,
  | 'id'
  | 'name'
  | 'createdBy'
  | 'createdAt'
  | 'updatedAt'
  | 'version'
  | 'audience'
  | 'uploadId'
  | 'fileName'
  | 'isComplete'
  | 'heads'
  | 'account'
  | 'templateDetailId'
  | 'runId'
  | 'confirmedBy'
  | 'checkFault'
> & {
  state: DraftState;
  fileBytes: number | null;
  receivedBytes: number;
  mapping: Record<string, string | null>;
  settings: Record<string, unknown>;
  checked: Record<string, unknown> | null;
  /** Of a check that is under way. */
  checking: { rows: number; bytes: number } | null;
  /** Why its run was given up. */
  failure: string | null;
};

/** A check whose process has given no sign of life for so long has died with it. */
export const deadCheckMs = 15_000;

type Stored = DraftModel & { run: { failure: string | null } | null };
const withRun = { run: { select: { failure: true } } } as const;

function readRow({ run, fileBytes, receivedBytes, checkToken, checkBeatAt, ...row }: Stored, now: Date): DraftRow {
  const isChecking = checkToken !== null && checkBeatAt !== null && now.getTime() - checkBeatAt.getTime() < deadCheckMs;
  return {
    ...row,
    state: row.state as DraftRow['state'],
    fileBytes: fileBytes === null ? null : Number(fileBytes),
    receivedBytes: Number(receivedBytes),
    mapping: row.mapping as DraftRow['mapping'],
    settings: row.settings as DraftRow['settings'],
    checked: row.checked as DraftRow['checked'],
    checking: isChecking ? { rows: Number(row.checkRows), bytes: Number(row.checkBytes) } : null,
    failure: run?.failure ?? null,
  };
}

export async function insertDraft(db: Sql, draft: { id: string; name: string; createdBy: string }): Promise<void> {
  await db.draft.create({ data: { ...draft, heads: [], mapping: {}, settings: {} } });
}

export async function findDraftRow(db: Sql, id: string, now: Date): Promise<DraftRow | undefined> {
  const row = await db.draft.findUnique({ where: { id }, include: withRun });
  return row ? readRow(row, now) : undefined;
}

/** Those that were changed last come first. @param before of the last one of the page before */
export async function draftPage(
  db: Sql,
  limit: number,
  before: { updatedAt: Date; id: string } | undefined,
  now: Date,
): Promise<DraftRow[]> {
  const rows = await db.draft.findMany({
    ...(before && {
      where: {
        OR: [{ updatedAt: { lt: before.updatedAt } }, { updatedAt: before.updatedAt, id: { lt: before.id } }],
      },
    }),
    orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
    take: limit,
    include: withRun,
  });
  return rows.map((row) => readRow(row, now));
}

/** What of a draft can be changed. */
export type DraftPatch = Partial<
  Pick<
    DraftRow,
    | 'name'
    | 'audience'
    | 'uploadId'
    | 'fileName'
    | 'fileBytes'
    | 'receivedBytes'
    | 'isComplete'
    | 'heads'
    | 'account'
    | 'templateDetailId'
    | 'mapping'
  >
> & { settings?: object };

/**
 * Changes a draft if it is still as its changer saw it, and open. What was found out about it before, or is being found out, counts no
 * more. `false`: it isn't. The parts of a file that it has no more are removed with it.
 */
export async function changeDraftRow(
  tx: Sql,
  { id, version }: { id: string; version: number },
  { mapping, settings, ...patch }: DraftPatch,
  now: Date,
): Promise<boolean> {
  const { count } = await tx.draft.updateMany({
    where: { id, version, state: 'open' },
    data: {
      ...patch,
      ...(mapping !== undefined && { mapping }),
      ...(settings !== undefined && { settings: settings as Json }),
      ...{ version: { increment: 1 }, updatedAt: now },
      ...{ checked: Prisma.DbNull, checkFault: null, checkToken: null },
    },
  });
  if (count !== 1) return false;
  if (patch.uploadId !== undefined)
    await tx.$executeRaw`
      DELETE FROM draft_parts WHERE draft_id = ${id}::uuid AND upload_id IS DISTINCT FROM ${patch.uploadId}::uuid`;
  return true;
}

/** Throws an open draft away, or one that is over, with its file. `false`: there is none, or its rows are being read. */
export async function deleteDraft(db: Sql, id: string): Promise<boolean> {
  const { count } = await db.draft.deleteMany({ where: { id, state: { not: 'preparing' } } });
  return count === 1;
}

/** Throws away what nobody has changed for so long. */
export async function deleteOldDrafts(db: Sql, keepMs: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM drafts WHERE state <> 'preparing' AND updated_at <= clock_timestamp() - ${keepMs} * interval '1 millisecond'`;
}

/** The mapping that was confirmed last for a template, if one was. */
export async function rememberedMapping(
  db: Sql,
  account: string,
  templateDetailId: number,
): Promise<Record<string, string | null> | undefined> {
  const row = await db.draftMapping.findUnique({
    where: { account_templateDetailId: { account, templateDetailId } },
  });
  return (row?.mapping as Record<string, string | null> | undefined) ?? undefined;
}

export async function rememberMapping(
  tx: Sql,
  { account, templateDetailId, mapping }: { account: string; templateDetailId: number; mapping: object },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO draft_mappings (account, template_detail_id, mapping) VALUES (${account}, ${templateDetailId}, ${JSON.stringify(mapping)}::jsonb)
    ON CONFLICT (account, template_detail_id) DO UPDATE SET mapping = excluded.mapping`;
}

/**
 * Takes the turn to check a draft as it is in this version. `false`: it isn't any more, or somebody else is at it.
 * @param ofTemplate what its template is like now. If the last check was made for another one, the draft gets a new version: who saw
 * that check can't confirm this one.
 */
export async function beginCheck(
  db: Sql,
  { id, version, token, ofTemplate }: { id: string; version: number; token: string; ofTemplate: string },
): Promise<boolean> {
  const begun = await db.$executeRaw`
    /* a check of a draft begins */ UPDATE drafts SET check_token = ${token}::uuid, check_beat_at = clock_timestamp(), check_rows = 0, check_bytes = 0, check_fault = NULL,
      version = version + CASE WHEN checked->>'ofTemplate' <> ${ofTemplate} THEN 1 ELSE 0 END
    WHERE id = ${id}::uuid AND version = ${version} AND state = 'open'
      AND (check_token IS NULL OR check_beat_at <= clock_timestamp() - ${deadCheckMs} * interval '1 millisecond')`;
  return begun === 1;
}

/** Says how far a check is. `false`: the draft was changed, or somebody else took the check over: what comes of this one counts no more. */
export async function noteCheck(
  db: Sql,
  token: string,
  { rows, bytes }: { rows: number; bytes: number },
): Promise<boolean> {
  const noted = await db.$executeRaw`
    UPDATE drafts SET check_beat_at = clock_timestamp(), check_rows = ${rows}, check_bytes = ${bytes} WHERE check_token = ${token}::uuid`;
  return noted === 1;
}

/** Ends a check, with what it came to or why it could not be done. `false`: it counts no more. */
export async function endCheck(
  db: Sql,
  token: string,
  { checked, fault }: { checked: object | null; fault: string | null },
): Promise<boolean> {
  const { count } = await db.draft.updateMany({
    where: { checkToken: token, state: 'open' },
    data: { checked: jsonOrNull(checked as Json | null), checkFault: fault, checkToken: null },
  });
  return count === 1;
}
