import type { Context } from '../../context.js';
import { type DraftMapping, firstMapping, mappingFaults } from '../../domain/drafts/mapping.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import type { Template } from '../../domain/templates/template.js';
import { faultOfValue, templateId } from '../../domain/text/judge-value.js';
import { ChangedMeanwhileError, UsageError } from '../../errors.js';
import { changeDraftRow, type DraftPatch, type DraftRow, rememberedMapping } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { findTemplate } from '../../store/templates.js';
import { requireAccount } from '../require-account.js';
import { requireTemplate } from '../templates/resolve-template.js';
import type { Draft, DraftChanges, SeenDraft } from './draft.js';
import { settingsFaults } from './draft-request.js';
import { headsOfAudience } from './open-rows.js';
import { findDraft, refuseName, requireDraft, templateOf, viewDraft } from './view-draft.js';

/**
 * Changes a draft: all that is named, or nothing. Another source or template gives it another mapping, as far as its columns
 * tell; what a check has found counts no more.
 * @throws {NotFoundError} @throws {UsageError} that names what is wrong. @throws {ChangedMeanwhileError} when it isn't the version that
 * the caller saw, with the draft as it is as `current`.
 */
export async function changeDraft(ctx: Context, seen: SeenDraft, changes: DraftChanges): Promise<Draft> {
  const row = await requireAsSeen(ctx, seen);
  const patch: DraftPatch = {};
  if (changes.name !== undefined) {
    refuseName(changes.name);
    patch.name = changes.name;
  }
  if (changes.settings !== undefined) {
    const faults = settingsFaults(changes.settings);
    if (faults.length > 0) throw new UsageError(faults.join('\n'));
    patch.settings = changes.settings;
  }
  if (changes.audience !== undefined) Object.assign(patch, await audiencePatch(ctx, changes.audience));
  if (changes.template !== undefined) Object.assign(patch, await templatePatch(ctx, changes.template));
  const { audience, template, mapping } = changes;
  if (audience !== undefined || template !== undefined || mapping !== undefined)
    patch.mapping = await nextMapping(
      ctx,
      { ...row, ...patch },
      { isOtherSource: audience !== undefined, isOtherTemplate: template !== undefined, byHand: mapping },
    );
  await change(ctx, seen, patch);
  return findDraft(ctx, row.id);
}

/** Makes the change in one go. @throws {ChangedMeanwhileError} */
export async function change(ctx: Context, seen: SeenDraft, patch: DraftPatch): Promise<void> {
  const now = await currentTime(ctx.db);
  const changed = await ctx.db.$transaction((tx) => changeDraftRow(tx, seen, patch, now));
  if (!changed) throw await changedMeanwhile(ctx, seen.id);
}

/** The draft, if it is still open and as its changer saw it. @throws {ChangedMeanwhileError} */
export async function requireAsSeen(ctx: Context, { id, version }: SeenDraft): Promise<DraftRow> {
  const row = await requireDraft(ctx, id);
  if (row.state !== 'open')
    throw new UsageError(`Draft ${id} is confirmed as run ${row.runId}, and can't be changed any more.`);
  if (row.version !== version) throw await changedMeanwhile(ctx, id, row);
  return row;
}

/** With the draft as it is now. */
export async function changedMeanwhile(ctx: Context, id: string, row?: DraftRow): Promise<ChangedMeanwhileError> {
  const error = new ChangedMeanwhileError(`Draft ${id}`);
  error.current = await viewDraft(ctx, row ?? (await requireDraft(ctx, id)));
  return error;
}

/** What a draft has of a file, when it has none. */
export const noFile = {
  ...{ uploadId: null, fileName: null, fileBytes: null, receivedBytes: 0, isComplete: false, heads: [] as string[] },
} as const;

async function audiencePatch(ctx: Context, audience: string | null): Promise<DraftPatch> {
  if (audience === null) return { ...noFile, heads: [], audience: null };
  return { ...noFile, audience, heads: await headsOfAudience(ctx, audience) };
}

async function templatePatch(ctx: Context, asked: NonNullable<DraftChanges['template']> | null): Promise<DraftPatch> {
  if (asked === null) return { account: null, templateDetailId: null };
  const { account, templateDetailId } = await askedTemplate(ctx, asked);
  return { account, templateDetailId };
}

async function askedTemplate(ctx: Context, asked: NonNullable<DraftChanges['template']>): Promise<Template> {
  const { account = 'default', channelId, template, templateDetailId } = asked;
  if (template !== undefined) return requireTemplate(ctx, { template, account, channelId });
  if (templateDetailId === undefined)
    throw new UsageError('template must name a template, such as reminder or reminder:id, or its templateDetailId.');
  const fault = faultOfValue('templateDetailId', templateDetailId, templateId);
  if (fault !== undefined) throw new UsageError(fault);
  await requireAccount(ctx, account);
  const found = await findTemplate(ctx.db, account, templateDetailId);
  if (!found)
    throw new UsageError(
      `No template ${templateDetailId} of account ${showMasked(account)} is known. siaran templates --refresh lists them.`,
    );
  return found;
}

/** What is another one, and what somebody has said about single columns by hand. */
type MappingChange = { isOtherSource?: boolean; isOtherTemplate?: boolean; byHand?: DraftMapping | undefined };

/** The mapping of a draft as it will be. What was mapped by hand stays as far as it fits. */
export async function nextMapping(
  ctx: Context,
  row: Pick<DraftRow, 'account' | 'templateDetailId' | 'heads' | 'mapping'>,
  { isOtherSource = false, isOtherTemplate = false, byHand = {} }: MappingChange,
): Promise<DraftMapping> {
  const template = await templateOf(ctx, row);
  if (!template || row.heads.length === 0) {
    if (Object.keys(byHand).length > 0)
      throw new UsageError('mapping: the draft needs a template and a list before columns can be mapped.');
    return {};
  }
  let { mapping } = row;
  if (isOtherSource || isOtherTemplate) {
    const remembered = (await rememberedMapping(ctx.db, template.account, template.templateDetailId)) ?? {};
    // A variable of another template's body means something else.
    const { phone_number = null, customer_name = null } = mapping;
    const known = isOtherTemplate ? [remembered, { phone_number, customer_name }] : [mapping, remembered];
    mapping = firstMapping(template, row.heads, ...known);
  }
  mapping = { ...mapping, ...byHand };
  const faults = mappingFaults(template, row.heads, mapping);
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return mapping;
}
