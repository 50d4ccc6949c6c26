import * as z from 'zod';
import { catchUps } from '../../domain/campaigns/firing.js';
import { valuePolicies } from '../../domain/recipients/value.js';
import type { EditedCampaign } from '../../pipeline/campaigns/edit-campaign.js';
import type { NextFiring } from '../../pipeline/campaigns/forecast.js';
import type { GoingRun } from '../../pipeline/campaigns/going-runs.js';
import type { CampaignVersionView, CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import type { LookedAudience } from '../../pipeline/lists/look-at-audience.js';
import { cost, retried } from './basic.js';
import { draftPreview, whatRowsCameTo } from './draft.js';
import { count, delivery, forecast, instant, jobs } from './run.js';

const firing = z.object({
  at: instant,
  status: z.enum(['preparing', 'prepared', 'failed', 'skipped']),
  runId: z.string().nullable(),
  reason: z.string().nullable(),
  version: count.describe("the campaign's version when it was decided"),
  replacedRuns: z.array(z.string()).describe('runs that were cancelled so that the instant could be fired again'),
});

export const campaignView = z.object({
  name: z.string(),
  account: z.string(),
  status: z.enum(['active', 'paused', 'done']),
  pausedReason: z.string().nullable(),
  templateDetailId: z.number(),
  columns: z.array(z.string()).readonly(),
  map: z.record(z.string(), z.string()).readonly(),
  ignoreColumns: z.array(z.string()).readonly(),
  separator: z.enum([',', ';']),
  values: z.enum(valuePolicies),
  maxRejected: z.string().nullable(),
  ...retried,
  audience: z.string(),
  schedule: z.string(),
  timeZone: z.string().nullable(),
  skipDates: z.array(z.string()).readonly(),
  calendar: z.string().nullable(),
  calendarWarning: z.string().nullable().describe('such as that the calendar ends before the next firings'),
  prepareAheadMs: z.number(),
  catchUp: z.enum(catchUps),
  approvalAbove: count.nullable(),
  approveOnce: z.boolean(),
  delivery,
  createdAt: instant,
  version: count,
  changedAt: instant,
  changedBy: z.string().nullable(),
  nextAt: instant.nullable(),
  firesNext: z.array(instant),
  skipsNext: z
    .array(z.object({ at: instant, reason: z.string() }))
    .describe('what is skipped before the last of these: the first instant of each date'),
  failing: z
    .object({
      at: instant.nullable().describe("the firing whose audience couldn't be read; `null`: no worker fires it"),
      reason: z.string().nullable(),
    })
    .nullable()
    .describe("why nobody gets anything of it until somebody mends it; `null`: that isn't so, as far as is known"),
  firings: z.array(firing),
}) satisfies z.ZodType<CampaignView>;

export const addedCampaign = campaignView.extend({ existed: z.boolean() });

const goingRun = z.object({
  runId: z.string(),
  recipients: count,
  startsAt: instant.nullable().describe('`null`: at once'),
}) satisfies z.ZodType<GoingRun>;

export const editedCampaign = campaignView.extend({
  changes: z.array(z.string()),
  redone: z.array(z.object({ at: instant, replacedRunId: z.string(), runId: z.string().nullable() })),
  runs: z.array(goingRun).describe('runs that go out with the old settings'),
  jobs,
}) satisfies z.ZodType<EditedCampaign>;

export const removedCampaign = z.object({
  removed: z.literal(true),
  runs: z.array(goingRun),
  jobs: jobs.optional(),
});

export const campaignVersion = z.object({
  version: count,
  at: instant,
  by: z.string().nullable(),
  changes: z.array(z.string()),
}) satisfies z.ZodType<CampaignVersionView>;

export const nextFiring = z.union([
  forecast.extend({ at: instant }),
  z.object({
    at: instant,
    files: z.null(),
    firstStartAt: z.null(),
    lastStartAt: z.null(),
    limit: z.null(),
    tooLate: z.null(),
  }),
]) satisfies z.ZodType<NextFiring>;

export const lookRequest = z.strictObject({
  audience: z.string().max(10_000),
  template: z.string().max(1_000).describe('its name, such as reminder or reminder:id'),
  account: z.string().max(200).optional(),
  channelId: z.number().optional(),
  map: z.record(z.string(), z.string()).optional(),
  ignoreColumns: z.array(z.string()).max(100).optional(),
  values: z.enum(valuePolicies).optional(),
  mostRows: z.number().int().min(1).nullable().default(10_000).describe('how many rows are read; null: all'),
  row: z.number().int().min(1).default(1).describe('which row is shown'),
});

export const lookedAudience = z.object({
  template: z.string(),
  heads: z.array(z.string()).describe('of the audience, as they stand there'),
  mapping: z.record(z.string(), z.string().nullable()).describe('the head for each column of the template'),
  missing: z
    .array(z.string())
    .describe('columns of the template without a head; as long as there are any, no row is read'),
  columns: z.array(z.string()).describe('what a campaign of the two would have as its `columns`'),
  map: z.record(z.string(), z.string()),
  ignoreColumns: z.array(z.string()),
  survey: z
    .object({
      ...whatRowsCameTo,
      isWhole: z.boolean().describe('whether these are all rows'),
    })
    .nullable(),
  cost: cost.describe('of those who were counted; `null`: there is no list of prices, or nobody was counted'),
  costText: z.string(),
  preview: draftPreview.nullable().describe('the row as its recipient would see it; null: there is none'),
}) satisfies z.ZodType<LookedAudience>;
