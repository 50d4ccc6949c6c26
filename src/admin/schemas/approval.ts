import * as z from 'zod';
import type { Approved } from '../../pipeline/approval/approve.js';
import type { ApprovalView } from '../../pipeline/approval/view-approval.js';
import { cost } from './basic.js';
import { count, runView } from './run.js';
import { renderedMessage } from './template.js';

/** What an approver is shown of a run. */
export const approvalView = z.object({
  state: z.string().describe('what an approval is about: another text as soon as anything of it has changed'),
  waits: z.boolean(),
  above: count,
  people: count,
  isWhole: z.boolean().describe('whether all of them are in it'),
  startedBy: z.string().nullable(),
  version: z.number().nullable().describe('the version of its campaign of which all runs are approved with it'),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())).describe('its first five rows, with a value a column'),
  template: z.string().nullable().describe('its name and language; `null`: it is not known'),
  message: renderedMessage
    .nullable()
    .describe('the first row as its recipient will see it; `null`: there is none yet, or the template is not known'),
  cost: cost.describe('what its messages cost; `null`: there is no list of prices'),
  run: runView,
}) satisfies z.ZodType<ApprovalView>;

export const approved = z.object({
  runId: z.string(),
  people: count,
  version: z.number().nullable(),
}) satisfies z.ZodType<Approved>;
