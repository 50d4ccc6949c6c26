import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { columnsToMap } from '../../domain/drafts/mapping.js';
import { isLabel } from '../../domain/runs/label.js';
import type { Template } from '../../domain/templates/template.js';
import { NotFoundError, UsageError } from '../../errors.js';
import { type DraftRow, draftPage, findDraftRow, insertDraft } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { findTemplate, findTemplatesOf } from '../../store/templates.js';
import { currentCheck, type KeptCheck } from './current-check.js';
import type { Draft, DraftCheck, DraftSource, DraftTemplate } from './draft.js';

/** A new draft with nothing in it but a name. @throws {UsageError} */
export async function createDraft(ctx: Context, { name }: { name: string }, actor: string): Promise<Draft> {
  refuseName(name);
  const id = randomUUID();
  await insertDraft(ctx.db, { id, name, createdBy: actor });
  return findDraft(ctx, id);
}

/** A draft as it stands. @throws {NotFoundError} */
export async function findDraft(ctx: Context, id: string): Promise<Draft> {
  return viewDraft(ctx, await requireDraft(ctx, id));
}

/** Drafts, those that were changed last first. @param cursor `next` of the page before */
export async function listDrafts(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: Draft[]; next: string | null }> {
  const rows = await draftPage(ctx.db, limit + 1, readCursor(cursor), await currentTime(ctx.db));
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: await viewDrafts(ctx, shown),
    next: last ? `${last.updatedAt.toISOString()}_${last.id}` : null,
  };
}

/** @throws {UsageError} when it can't be the name of a run */
export function refuseName(name: unknown): void {
  if (!isLabel(name)) throw new UsageError('name must be a text of 1 to 200 characters in one line.');
}

/** @throws {NotFoundError} */
export async function requireDraft(ctx: Context, id: string): Promise<DraftRow> {
  const row = isUuid(id) ? await findDraftRow(ctx.db, id, await currentTime(ctx.db)) : undefined;
  if (!row) throw new NotFoundError('draft', String(id).slice(0, 60));
  return row;
}

/** The template of a draft, as it is known now. */
export async function templateOf(
  ctx: Context,
  { account, templateDetailId }: Pick<DraftRow, 'account' | 'templateDetailId'>,
): Promise<Template | undefined> {
  if (account === null || templateDetailId === null) return undefined;
  return findTemplate(ctx.db, account, templateDetailId);
}

/** What is kept of a draft, as it is shown. */
export async function viewDraft(ctx: Context, row: DraftRow): Promise<Draft> {
  return shownDraft(row, await templateOf(ctx, row));
}

async function viewDrafts(ctx: Context, rows: readonly DraftRow[]): Promise<Draft[]> {
  const asked = rows.flatMap(({ account, templateDetailId }) =>
    account === null || templateDetailId === null ? [] : [{ account, templateDetailId }],
  );
  const templates = await findTemplatesOf(ctx.db, asked);
  return rows.map((row) =>
    shownDraft(
      row,
      templates.find((one) => one.account === row.account && one.templateDetailId === row.templateDetailId),
    ),
  );
}

function shownDraft(row: DraftRow, template: Template | undefined): Draft {
  const { id, name, createdBy, createdAt, updatedAt, version, state, settings, runId, confirmedBy, failure } = row;
  const { checking, checkFault, uploadId } = row;
  const check = currentCheck(row, template);
  return {
    ...{ id, name, createdBy, createdAt, updatedAt, version, state, settings, runId, confirmedBy, failure, checkFault },
    source: sourceOf(row),
    template: template ? shownTemplate(template) : null,
    // What it had of another list waits for this one.
    mapping: template ? inOrder(template, row.heads.length > 0 ? row.mapping : {}) : {},
    check: check && shownCheck(check),
    checking: checking && { rows: checking.rows, bytes: uploadId === null ? null : checking.bytes },
  };
}

function sourceOf({
  audience,
  uploadId,
  fileName,
  fileBytes,
  receivedBytes,
  isComplete,
  heads,
}: DraftRow): DraftSource | null {
  if (audience !== null) return { kind: 'audience', name: audience, columns: heads };
  if (uploadId === null || fileName === null) return null;
  return { kind: 'file', uploadId, fileName, bytes: fileBytes, receivedBytes, isComplete, columns: heads };
}

function shownTemplate(template: Template): DraftTemplate {
  const { account, channelId, templateDetailId, name, language } = template;
  return { account, channelId, templateDetailId, name, language, ...columnsToMap(template) };
}

/** JSON in Postgres has an order of its own. */
function inOrder(template: Template, mapping: Record<string, string | null>): Record<string, string | null> {
  const { columns, optionalColumns } = columnsToMap(template);
  return Object.fromEntries([...columns, ...optionalColumns].map((column) => [column, mapping[column] ?? null]));
}

function shownCheck({ ofTemplate: _, peopleByCallingCode: __, ...check }: KeptCheck): DraftCheck {
  return check;
}

function readCursor(cursor: string | undefined): { updatedAt: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [at = '', id = ''] = cursor.split('_');
  const updatedAt = new Date(at);
  if (Number.isNaN(updatedAt.getTime()) || !isUuid(id))
    throw new UsageError('cursor is invalid; use `next` of an earlier page.');
  return { updatedAt, id };
}

function isUuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}
