import * as z from 'zod';
import { valuePolicies } from '../../domain/recipients/value.js';
import { runOutcomes } from '../../domain/runs/run.js';
import type { RenderedMessage } from '../../domain/templates/render-message.js';
import { approvals, headerTypes, type Template } from '../../domain/templates/template.js';
import type { TestSent } from '../../pipeline/test-sends/test-send.js';
import type { Preview, RunPreview } from '../../pipeline/views/preview.js';
import { instant } from './basic.js';

const nullableText = z.string().nullable();

const buttonView = z.object({
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

export const renderedMessage = z.object({
  text: z.string().describe('header, body and footer, with an empty line between them'),
  header: nullableText,
  body: nullableText,
  footer: nullableText,
  buttons: z.array(buttonView),
}) satisfies z.ZodType<RenderedMessage>;

const rendered = renderedMessage.extend({
  phoneNumber: z.string(),
  template: z.string().describe('its name and language'),
}) satisfies z.ZodType<Preview>;

export const previewView = rendered;

export const runPreviewView = z.object({
  row: z.number(),
  rows: z.number().describe('how many rows of the run are in batches'),
  message: rendered.nullable().describe("null: its template isn't known, or the row isn't there"),
  isKnown: z.boolean().describe("whether the run's template is known"),
}) satisfies z.ZodType<RunPreview>;

export const testSent = z.object({
  runId: z.string(),
  phoneNumbers: z.array(z.string()),
  status: z.enum(['open', 'sealed', 'paused', 'cancelled', 'finished']),
  outcome: z.enum(runOutcomes).nullable().describe('null: it has not ended so far'),
  message: rendered,
}) satisfies z.ZodType<TestSent>;

const text = z.string().max(10_000);
const policy = z
  .enum(valuePolicies)
  .optional()
  .describe('what becomes of a value that WhatsApp refuses; default `reject`');

export const testSendRequest = z
  .strictObject({
    template: text,
    account: text.optional(),
    channelId: z.number().optional(),
    phoneNumbers: z
      .array(z.union([text, z.number()]))
      .max(20)
      .optional()
      .describe('default: SIARAN_TEST_NUMBERS'),
    variables: z
      .array(z.union([text, z.number()]))
      .max(15)
      .optional(),
    row: z.record(text, z.union([text, z.number()])).optional(),
    values: policy,
    wait: text.optional(),
  })
  .meta({ examples: [{ template: 'payment_reminder:id', phoneNumbers: ['6281234567890'], variables: ['INV-0001'] }] });

/** A row of a run, by its place. */
export const runTestRequest = z
  .strictObject({
    row: z.number().int().min(1).max(1e9).default(1).describe('its place among the rows that are in batches, from 1'),
    phoneNumbers: z.array(text).max(20).optional().describe('default: SIARAN_TEST_NUMBERS'),
  })
  .meta({ examples: [{ row: 3 }] });

export const previewRequest = z.strictObject({
  template: text,
  account: text.optional(),
  channelId: z.number().optional(),
  row: z.record(text, z.union([text, z.number()])).describe('a recipient: a value for each column'),
  values: policy,
});

/** As for runs, what a value has to be is said by the library, which names each fault. */
export const newTemplate = z
  .strictObject({
    templateDetailId: z.number(),
    name: text,
    language: text,
    account: text.optional(),
    category: text.optional(),
    channelId: z.number().optional(),
    namespace: text.optional(),
    header: z
      .strictObject({ type: z.enum(headerTypes), text: text.nullish(), defaultValue: text.nullish() })
      .optional(),
    body: text.optional(),
    footer: text.optional(),
    buttons: z
      .array(z.strictObject({ type: text, text, url: text.nullish(), phoneNumber: text.nullish() }))
      .max(10)
      .optional(),
    columns: z.array(text).max(100).optional(),
  })
  .meta({
    examples: [
      {
        templateDetailId: 172,
        name: 'payment_reminder',
        language: 'id',
        body: 'Pay your invoice {{1}}.',
        columns: ['phone_number', 'body_variable1'],
      },
    ],
  });
