import * as z from 'zod';
import { approvals, headerTypes, type Template } from '../../domain/templates/template.js';
import { instant } from './basic.js';

const nullableText = z.string().nullable();

export const buttonView = z.object({
  type: z.string(),
  text: z.string(),
  url: nullableText,
  phoneNumber: nullableText,
});

export const templateView = z.object({
  account: z.string(),
  templateDetailId: z.number(),
  name: z.string(),
  language: z.string(),
  category: nullableText,
  approval: z.enum(approvals),
  rejectionReason: nullableText,
  channelId: z.number().nullable(),
  namespace: nullableText,
  columns: z.array(z.string()).describe('what a list for it must have'),
  header: z.object({ type: z.enum(headerTypes), text: nullableText, defaultValue: nullableText }).nullable(),
  body: nullableText,
  footer: nullableText,
  buttons: z.array(buttonView),
  source: z.enum(['qiscus', 'added']),
  toldAt: instant,
}) satisfies z.ZodType<Template>;

const text = z.string().max(10_000);

/** As for runs, what a value has to be is said by the library, which names each fault. */
export const newTemplate = z.strictObject({
  templateDetailId: z.number(),
  name: text,
  language: text,
  account: text.optional(),
  category: text.optional(),
  channelId: z.number().optional(),
  namespace: text.optional(),
  header: z.strictObject({ type: z.enum(headerTypes), text: text.nullish(), defaultValue: text.nullish() }).optional(),
  body: text.optional(),
  footer: text.optional(),
  buttons: z
    .array(z.strictObject({ type: text, text, url: text.nullish(), phoneNumber: text.nullish() }))
    .max(10)
    .optional(),
  columns: z.array(text).max(100).optional(),
});
