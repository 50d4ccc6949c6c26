import * as z from 'zod';
import { type Approval, columnsOf, headerTypes, type TemplateButton } from '../domain/templates/template.js';
import type { ToldTemplate } from '../domain/templates/told-template.js';
import { type HttpAnswer, isSuccess, readJson } from './answers.js';

/** `told`: what stands for each template that the page has, also for those that can't be read. */
type TemplatePage = { templates: ToldTemplate[]; told: string[] };

/** As many of one page are read, and so many languages of each. */
const [mostTemplates, mostLanguages] = [1_000, 200];

/** A text that may be absent, empty or no text at all. */
const optional = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
const id = z.coerce.number().int().positive().max(2_147_483_647);
const optionalId = id
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const button = z.looseObject({
  type: z.string().max(50).toLowerCase().catch('unknown'),
  text: z.string().max(1_000).catch(''),
  url: optional(3_000),
  phone_number: optional(100),
});

const detail = z.looseObject({
  id,
  language: z.string().trim().min(1).max(50),
  approval_status: z.union([z.number(), z.string()]).nullish().catch(null),
  content: z.string().max(10_000),
  number_of_arguments: z.coerce.number().int().min(0).max(15).catch(0),
  header_type: optional(50),
  header_content: optional(1_000),
  header_default_value: optional(3_000),
  footer: optional(1_000),
  buttons: z.array(button).max(20).nullish().catch(null),
  rejection_reason: optional(1_000),
});

const template = z.looseObject({
  name: z.string().trim().min(1).max(200),
  namespace: optional(200),
  category: optional(50),
  channel_id: optionalId,
  hsm_details: z.array(z.unknown()),
});

const page = z.looseObject({ data: z.looseObject({ hsm_templates: z.array(z.unknown()) }) });

const approvalOf = new Map<string, Approval>([
  ['1', 'approved'],
  ['0', 'pending'],
  ['-1', 'rejected'],
]);

/**
 * Reads a page of `GET hsm`. What of it isn't as observed is left out: a template of a kind that nobody knows must not hide the others.
 * `undefined`: it is no such page at all.
 */
export function readTemplatePage(answer: HttpAnswer): TemplatePage | undefined {
  const body = page.safeParse(readJson(answer.text));
  if (!isSuccess(answer) || !body.success) return undefined;
  const told = body.data.data.hsm_templates.slice(0, mostTemplates);
  return { templates: told.flatMap(readTemplate), told: told.map((one) => JSON.stringify(one)) };
}

function readTemplate(told: unknown): ToldTemplate[] {
  const read = template.safeParse(told);
  if (!read.success) return [];
  const { name, namespace, category, channel_id: channelId, hsm_details: details } = read.data;
  return details.slice(0, mostLanguages).flatMap((one) => {
    const language = detail.safeParse(one);
    if (!language.success) return [];
    const common = { name, namespace, channelId, category: category?.toLowerCase() ?? null };
    return [{ ...common, ...readDetail(language.data) }];
  });
}

function readDetail(told: z.infer<typeof detail>) {
  const type = headerTypes.find((known) => known === told.header_type?.toLowerCase());
  const texts = {
    header: type
      ? { type, text: type === 'text' ? told.header_content : null, defaultValue: told.header_default_value }
      : null,
    body: told.content,
    footer: told.footer,
    buttons: (told.buttons ?? []).map(readButton),
  };
  return {
    ...texts,
    templateDetailId: told.id,
    language: told.language,
    approval: approvalOf.get(String(told.approval_status)) ?? 'unknown',
    rejectionReason: told.rejection_reason,
    columns: columnsOf(texts, told.number_of_arguments),
  };
}

function readButton({ type, text, url, phone_number: phoneNumber }: z.infer<typeof button>): TemplateButton {
  return { type, text, url, phoneNumber };
}
