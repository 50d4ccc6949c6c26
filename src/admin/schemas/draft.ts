import * as z from 'zod';
import { draftStates } from '../../domain/drafts/draft-states.js';
import type { Draft, DraftPlan } from '../../pipeline/drafts/draft.js';
import type { RowPreview } from '../../pipeline/lists/look-at-row.js';
import { draftSettings } from '../api/asked/requests.js';
import { cost, count, instant } from './basic.js';
import { previewView } from './template.js';

const nullableText = z.string().nullable();
const heads = z.array(z.string()).describe('the heads of its columns');

const rowGroups = z
  .array(z.object({ reason: z.string(), count, rows: z.array(z.number()).describe('the first of them, from 1') }))
  .describe('the most frequent first');

/** What the rows of a list came to. */
export const whatRowsCameTo = {
  rows: count,
  people: count.describe('who would be messaged'),
  rejected: rowGroups,
  doubtful: rowGroups,
  duplicates: count,
  suppressed: count,
  longestRow: z.number().nullable(),
};

/** Which draft an address is about. What is no id of one is not found. */
export const draftParams = z.object({ draftId: z.string().max(100) });

/** A draft as JSON has it. */
export const draftView = z.object({
  id: z.string(),
  name: z.string(),
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
  version: z.number().describe('what a change has to name'),
  state: z.enum(draftStates),
  source: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.literal('file'),
        uploadId: z.string(),
        fileName: z.string(),
        bytes: z.number().nullable(),
        receivedBytes: z.number().describe('where an upload that broke off goes on'),
        isComplete: z.boolean(),
        columns: heads,
      }),
      z.object({ kind: z.literal('audience'), name: z.string(), columns: heads }),
    ])
    .nullable(),
  template: z
    .object({
      account: z.string(),
      channelId: z.number().nullable(),
      templateDetailId: z.number(),
      name: z.string(),
      language: z.string(),
      columns: z.array(z.string()).describe('those that need a column of the list'),
      optionalColumns: z.array(z.string()),
    })
    .nullable(),
  mapping: z.record(z.string(), nullableText).describe('the column of the list for each column of the template'),
  settings: draftSettings,
  check: z
    .object({
      checkedAt: instant,
      ...whatRowsCameTo,
    })
    .nullable()
    .describe('null: something was changed since, or nobody has checked it'),
  checking: z.object({ rows: count, bytes: z.number().nullable() }).nullable().describe('how far a check is'),
  checkFault: nullableText.describe('why the last check could not be done, or why the list is gone'),
  runId: nullableText,
  confirmedBy: nullableText,
  failure: nullableText.describe('why its run was given up'),
});

export const draftPreview = z.object({
  row: z.number(),
  message: previewView.nullable(),
  leftOut: nullableText.describe('why nobody gets it'),
  doubts: z.array(z.string()),
}) satisfies z.ZodType<RowPreview>;

export const draftPlan = z.object({
  version: z.number(),
  people: count,
  batches: count,
  firstStartAt: instant.nullable().describe('null: at once'),
  lastStartAt: instant.nullable(),
  timeZone: z.string(),
  limitShare: z.number().nullable().describe("of the day's limit; 1 is all of it"),
  tooLate: count,
  leftOut: count.describe('rows that are rejected, double or suppressed'),
  cost: cost.describe('what its messages cost; `null`: there is no list of prices, or no plan'),
  costText: z.string().describe('the same in words, or why it is not known; empty: there is no plan'),
  approval: z.boolean().describe('whether somebody else has to approve the run'),
  sentence: z.string(),
  confirmAbove: count.describe('with more people than this, a confirmation says how many'),
  faults: z.array(z.string()).describe('what stands in the way of a confirmation'),
}) satisfies z.ZodType<DraftPlan>;

/** What was seen: a change of another version is refused. */
const version = z
  .number()
  .int()
  .describe('the `version` that you saw; another one by now: 409, with the draft as it is');
const text = z.string().max(10_000);

export const newDraft = z.strictObject({ name: text });

export const draftChanges = z.strictObject({
  version,
  name: text.optional(),
  audience: text.nullish().describe('one of those that SIARAN_AUDIENCES_FILE names, by its name; null: no list'),
  template: z
    .strictObject({
      account: text.optional(),
      channelId: z.number().optional(),
      template: text.optional().describe('its name, such as reminder or reminder:id'),
      templateDetailId: z.number().optional(),
    })
    .nullish(),
  mapping: z.record(text, text.nullable()).optional().describe('single columns; the others stay'),
  settings: draftSettings.optional().describe('all of them at once'),
});

export const newFile = z.strictObject({
  version,
  fileName: text,
  bytes: z.number().nullish().describe('its length; null: the last part says that it is the last'),
});

export const checkRequest = z.strictObject({
  version,
  waitMs: z.number().int().min(0).max(30_000).default(5_000).describe('for so long the answer waits for its end'),
});

export const confirmRequest = z.strictObject({
  version,
  people: z.number().int().optional().describe('how many are messaged, as the plan told'),
});

const rowOf = (place: z.ZodNumber) =>
  z.union([place.int().min(1).max(1e9), z.enum(['longest', 'doubtful', 'rejected'])]);
/** Which row of a list an address or a form asks for: its place, or one that the check has found. */
export const askedRow = rowOf(z.coerce.number());
export const rowQuery = z.strictObject({ row: askedRow.default(1) });

export const testRequest = z.strictObject({
  row: rowOf(z.number()).default(1),
  phoneNumbers: z.array(text).max(20).optional().describe('default: SIARAN_TEST_NUMBERS'),
});

/** A draft with its instants as texts. */
export function draftAsJson(draft: Draft): z.input<typeof draftView> {
  const { createdAt, updatedAt, check } = draft;
  return {
    ...draft,
    ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
    settings: draft.settings as z.input<typeof draftSettings>,
    check: check && { ...check, checkedAt: check.checkedAt.toISOString() },
  };
}
