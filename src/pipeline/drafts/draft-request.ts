import type { Context } from '../../context.js';
import { fittingOf, unmapped } from '../../domain/drafts/mapping.js';
import type { RunSettings } from '../../domain/runs/run.js';
import { checkColumnsFor } from '../../domain/runs/sending.js';
import { templateColumnFaults } from '../../domain/templates/check-columns.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { lateStartFault } from '../../domain/timing/late-start.js';
import { UsageError } from '../../errors.js';
import type { DraftRow } from '../../store/drafts/drafts.js';
import { currentTime } from '../../store/postgres/database.js';
import { readRunSettings } from '../intake/start-run.js';
import { messageFields } from '../templates/apply-template.js';
import { unapprovedWords } from '../templates/resolve-template.js';
import type { DraftSettings } from './draft.js';
import { templateOf } from './view-draft.js';

/** What is wrong with settings by themselves, a sentence each: what they need of a template is looked at once there is one. */
export function settingsFaults(settings: DraftSettings): string[] {
  const individual = { channelId: 1, templateName: 'any', namespace: 'any', language: 'any' };
  const ofTemplate = settings.delivery === 'individual' ? individual : {};
  const whatever = { name: 'draft', templateDetailId: 1, columns: ['phone_number'] };
  return readRunSettings({ ...ofTemplate, ...settings, ...whatever }).faults;
}

/** How a draft's rows are read: into which columns, by which template. */
export type Readable = {
  template: Template;
  columns: string[];
  fitting: ReturnType<typeof fittingOf>['fitting'];
  values: RunSettings['values'];
};

/** What a draft still lacks before its rows can be read as recipients, a sentence each; or how they are read. */
export async function readableOf(ctx: Context, row: DraftRow): Promise<Readable | { faults: string[] }> {
  const template = await templateOf(ctx, row);
  const faults: string[] = [];
  if (row.audience === null && row.uploadId === null) faults.push('There is no list of recipients yet.');
  if (row.uploadId !== null && !row.isComplete)
    faults.push(
      `The file is not complete: ${row.receivedBytes}${row.fileBytes === null ? '' : ` of ${row.fileBytes}`} bytes are here.`,
    );
  if (!template)
    faults.push(row.templateDetailId === null ? 'There is no template yet.' : 'Its template is not known any more.');
  if (!template || faults.length > 0) return { faults };
  const missing = unmapped(template, row.mapping);
  if (missing.length > 0)
    return { faults: [`No column of the list is mapped to ${missing.join(', ')}, which the template needs.`] };
  const { columns, fitting } = fittingOf(template, row.heads, row.mapping);
  const { values = 'reject', delivery } = row.settings as DraftSettings;
  const ofKind = checkColumnsFor(delivery, columns);
  const ofColumns = ofKind.length > 0 ? ofKind : templateColumnFaults(template, columns, delivery);
  return ofColumns.length > 0 ? { faults: ofColumns } : { template, columns, fitting, values };
}

/** Whether nothing is missing that reading its rows as recipients needs. */
export async function isReadable(ctx: Context, row: DraftRow): Promise<boolean> {
  return !('faults' in (await readableOf(ctx, row)));
}

/** @throws {UsageError} that says what is lacking */
export async function requireReadable(ctx: Context, row: DraftRow): Promise<Readable> {
  const readable = await readableOf(ctx, row);
  if ('faults' in readable) throw new UsageError(readable.faults.join('\n'));
  return readable;
}

/** The settings of the run that a draft would become now; `faults` is a sentence for each thing that is wrong with it. */
export async function runSettingsOf(
  ctx: Context,
  row: DraftRow,
  { template, columns }: Pick<Readable, 'template' | 'columns'>,
): Promise<{ settings: RunSettings; faults: string[] }> {
  const asked = row.settings as DraftSettings;
  const ofTemplate = asked.delivery === 'individual' ? messageFields(template) : {};
  const { account, templateDetailId } = template;
  const { settings, faults } = readRunSettings({
    ...{ ...ofTemplate, ...asked, name: row.name, account, templateDetailId, columns },
  });
  if (isUnapproved(template)) faults.push(`The ${unapprovedWords(template)}, and can't be sent.`);
  if (
    asked.delivery === 'individual' &&
    asked.channelId !== undefined &&
    template.channelId !== null &&
    asked.channelId !== template.channelId
  )
    faults.push(`channelId is ${asked.channelId}; that of the template ${labelOf(template)} is ${template.channelId}.`);
  const late = settings.startAt && lateStartFault(settings.startAt, await currentTime(ctx.db), asked.timeZone);
  if (late) faults.push(`The run can't be started: ${late}`);
  return { settings, faults };
}
