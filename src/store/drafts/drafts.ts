import type { DraftState } from '../../domain/drafts/draft-states.js';
import type { DraftModel } from '../../generated/prisma/models.js';
import { columns, type Fragment, join, type Sql, sql } from '../postgres/sql.js';

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
const deadCheckMs = 15_000;

type Stored = Omit<DraftModel, 'confirmedAt' | 'claimToken' | 'claimExpiresAt'> & { failure: string | null };

async function read(db: Sql, which: Fragment, now: Date): Promise<DraftRow[]> {
  const rows = await db.$queryRaw<Stored[]>`
    SELECT ${columns(`id name created_by created_at updated_at version state audience upload_id file_name file_bytes received_bytes is_complete
      heads account template_detail_id mapping settings checked check_fault check_token check_beat_at check_rows check_bytes run_id confirmed_by`)},
      (SELECT failure FROM runs WHERE runs.id = drafts.run_id) AS failure
    FROM drafts WHERE ${which}`;
  return rows.map((row) => readRow(row, now));
}

function readRow({ fileBytes, receivedBytes, checkToken, checkBeatAt, ...row }: Stored, now: Date): DraftRow {
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
  };
}

export async function insertDraft(db: Sql, draft: { id: string; name: string; createdBy: string }): Promise<void> {
  await db.$executeRaw`
    INSERT INTO drafts (id, name, created_by, heads, mapping, settings)
    VALUES (${draft.id}::uuid, ${draft.name}, ${draft.createdBy}, '{}', '{}', '{}')`;
}

export async function findDraftRow(db: Sql, id: string, now: Date): Promise<DraftRow | undefined> {
  return (await read(db, sql`id = ${id}::uuid`, now))[0];
}

/** Those that were changed last come first. @param before of the last one of the page before */
export async function draftPage(
  db: Sql,
  limit: number,
  before: { updatedAt: Date; id: string } | undefined,
  now: Date,
): Promise<DraftRow[]> {
  const older = before ? sql`(updated_at, id) < (${before.updatedAt}, ${before.id}::uuid)` : sql`true`;
  return read(db, sql`${older} ORDER BY updated_at DESC, id DESC LIMIT ${limit}`, now);
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
  patch: DraftPatch,
  now: Date,
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE drafts SET ${join([...setsOf(patch), sql`version = version + 1, updated_at = ${now}, checked = NULL, check_fault = NULL, check_token = NULL`])}
    WHERE id = ${id}::uuid AND version = ${version} AND state = 'open'`;
  if (changed !== 1) return false;
  if (patch.uploadId !== undefined)
    await tx.$executeRaw`
      DELETE FROM draft_parts WHERE draft_id = ${id}::uuid AND upload_id IS DISTINCT FROM ${patch.uploadId}::uuid`;
  return true;
}

function setsOf(patch: DraftPatch): Fragment[] {
  const sets: Record<keyof DraftPatch, Fragment> = {
    name: sql`name = ${patch.name}`,
    audience: sql`audience = ${patch.audience}`,
    uploadId: sql`upload_id = ${patch.uploadId}::uuid`,
    fileName: sql`file_name = ${patch.fileName}`,
    fileBytes: sql`file_bytes = ${patch.fileBytes}`,
    receivedBytes: sql`received_bytes = ${patch.receivedBytes}`,
    isComplete: sql`is_complete = ${patch.isComplete}`,
    heads: sql`heads = ${patch.heads && [...patch.heads]}::text[]`,
    account: sql`account = ${patch.account}`,
    templateDetailId: sql`template_detail_id = ${patch.templateDetailId}`,
    mapping: sql`mapping = ${JSON.stringify(patch.mapping)}::jsonb`,
    settings: sql`settings = ${JSON.stringify(patch.settings)}::jsonb`,
  };
  return (Object.keys(sets) as (keyof DraftPatch)[])
    .filter((name) => patch[name] !== undefined)
    .map((name) => sets[name]);
}

/** Throws an open draft away, or one that is over, with its file. `false`: there is none, or its rows are being read. */
export async function deleteDraft(db: Sql, id: string, version: number | null): Promise<boolean> {
  const count = await db.$executeRaw`
    DELETE FROM drafts WHERE id = ${id}::uuid AND state <> 'preparing' AND (${version}::bigint IS NULL OR version = ${version}::bigint)`;
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
  const rows = await db.$queryRaw<{ mapping: Record<string, string | null> }[]>`
    SELECT mapping FROM draft_mappings WHERE account = ${account} AND template_detail_id = ${templateDetailId}`;
  return rows[0]?.mapping;
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
  const ended = await db.$executeRaw`
    UPDATE drafts SET checked = ${checked && JSON.stringify(checked)}::jsonb, check_fault = ${fault}, check_token = NULL
    WHERE check_token = ${token}::uuid AND state = 'open'`;
  return ended === 1;
}
