import type { Context } from '../../context.js';
import { checkColumns } from '../../domain/columns/columns.js';
import { isLabel } from '../../domain/runs/label.js';
import {
  columnsOf,
  headerTypes,
  type Template,
  type TemplateButton,
  type TemplateHeader,
} from '../../domain/templates/template.js';
import { channel, faultOfValue, templateId, text } from '../../domain/text/judge-value.js';
import { UsageError } from '../../errors.js';
import { findTemplate, addTemplate as keepTemplate } from '../../store/templates.js';
import { requireAccount } from '../require-account.js';

/** A template as somebody copies it from its page at Qiscus. */
export type NewTemplate = {
  /** The whole number on its page at Qiscus. */
  templateDetailId: number;
  /** Its name at Qiscus. */
  name: string;
  /** Its language code, such as `id`. */
  language: string;
  /** The Qiscus account that has it. Default `default`. */
  account?: string;
  /** `marketing`, `utility` or `authentication`. */
  category?: string;
  /** The id of the WhatsApp channel that it belongs to. */
  channelId?: number;
  /** Its namespace, which individual messages need. */
  namespace?: string;
  /** What stands above the body: a text, or a kind of media. */
  header?: Pick<TemplateHeader, 'type'> & Partial<TemplateHeader>;
  /** The body, with `{{1}}`, `{{2}}` and so on. */
  body?: string;
  /** What stands below the body. */
  footer?: string;
  /** The buttons in their order. */
  buttons?: readonly (Pick<TemplateButton, 'type' | 'text'> & Partial<TemplateButton>)[];
  /** The columns of its sample CSV. Default: what the texts have places for. */
  columns?: readonly string[];
};

/** Keeps a template that Qiscus's list doesn't tell, in the place of what was added under its id. It counts as approved. @throws {UsageError} naming each fault; also if Qiscus has told that id. */
export async function addTemplate(ctx: Context, request: NewTemplate): Promise<Template> {
  const faults = faultsOf(request);
  if (faults.length > 0)
    throw new UsageError(`The template can't be added:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  const { account = 'default', templateDetailId, name, language, columns } = request;
  await requireAccount(ctx, account);
  const texts = {
    header: readHeader(request.header),
    body: request.body ?? null,
    footer: request.footer ?? null,
    buttons: (request.buttons ?? []).map(readButton),
  };
  const template = {
    ...{ templateDetailId, name, language, ...texts, approval: 'approved' as const, rejectionReason: null },
    ...{
      category: request.category ?? null,
      channelId: request.channelId ?? null,
      namespace: request.namespace ?? null,
    },
    columns: columns === undefined ? columnsOf(texts) : columns.filter((column) => !mayBeAbsent.includes(column)),
  };
  if (!(await ctx.db.$transaction((tx) => keepTemplate(tx, account, template))))
    throw new UsageError(
      `Qiscus lists template ${templateDetailId} of account ${account} itself: what it tells counts, and can't be replaced.`,
    );
  const kept = await findTemplate(ctx.db, account, templateDetailId);
  if (!kept) throw new Error(`template ${templateDetailId} was added and is not there`);
  return kept;
}

/** What a sample CSV has and a list may leave out. */
const mayBeAbsent: readonly string[] = ['customer_name', 'button_type'];

function faultsOf(request: NewTemplate): string[] {
  const { templateDetailId, name, language, body, columns, header, buttons = [] } = request;
  const ofId = faultOfValue('templateDetailId', templateDetailId, templateId);
  return [
    ...(ofId === undefined ? [] : [ofId]),
    ...(isLabel(name) && !name.includes(':') ? [] : ["name must be the template's name at Qiscus, such as reminder."]),
    ...(isLabel(language) ? [] : ["language must be the template's language at Qiscus, such as id."]),
    ...(['body', 'footer', 'category', 'namespace'] as const).flatMap((field) =>
      request[field] === undefined ? [] : (faultOfValue(field, request[field], text) ?? []),
    ),
    ...(request.channelId === undefined ? [] : [faultOfValue('channelId', request.channelId, channel) ?? []].flat()),
    ...(body === undefined && columns === undefined
      ? ['There is neither its text (body) nor the columns of its sample CSV.']
      : []),
    ...(header === undefined || headerTypes.includes(header.type)
      ? []
      : [`header.type must be one of ${headerTypes.join(', ')}.`]),
    ...(buttons.every(({ text }) => isLabel(text)) ? [] : ['Each button needs a text.']),
    ...(columns === undefined ? [] : checkColumns(columns)),
  ];
}

function readHeader(header: NewTemplate['header']): TemplateHeader | null {
  if (header === undefined) return null;
  const { type, text = null, defaultValue = null } = header;
  return { type, text, defaultValue };
}

function readButton({
  type,
  text,
  url = null,
  phoneNumber = null,
}: NonNullable<NewTemplate['buttons']>[number]): TemplateButton {
  return { type, text, url, phoneNumber };
}
