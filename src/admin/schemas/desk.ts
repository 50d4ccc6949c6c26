import * as z from 'zod';
import type { Stopped, WentOn } from '../../pipeline/operating/stop.js';
import { attentionKinds, type StatusView } from '../../pipeline/views/attention.js';
import type { StopView } from '../../store/stops.js';
import { count, instant } from './basic.js';
import { jobs, share } from './run.js';

export const status = z.object({
  attention: z.array(
    z.object({
      kind: z.enum(attentionKinds),
      runId: z.string().nullable().describe('null: it is about several runs, or about none'),
      batchId: z.string().nullable().describe('the only batch that it is about'),
      campaign: z.string().nullable(),
      draftId: z.string().nullable().describe('the draft, if it is about how its list is read'),
      account: z.string().nullable().describe('null: every account'),
      name: z.string().nullable().describe("the run's name"),
      recipients: count.describe('how many people it concerns, as far as is known'),
      reason: z.string().nullable(),
      action: z.string().describe('the command that settles it, or shows what has to be decided'),
    }),
  ),
}) satisfies z.ZodType<StatusView>;

export const stop = z.object({
  account: z.string().nullable().describe('null: every account, also one that comes later'),
  stoppedBy: z.string(),
  stoppedAt: instant,
}) satisfies z.ZodType<StopView>;

export const stopped = z.object({
  runs: count,
  campaigns: count,
  held: share,
  handedOver: share.describe('of these runs and of others whose messages start later: nothing here can call it back'),
  startsLater: share.describe('what of that starts later'),
  jobs,
}) satisfies z.ZodType<Stopped>;

export const wentOn = z.object({
  lifted: z.boolean().describe('whether there was such a stop'),
  standing: z.array(stop).describe('what still stops something'),
}) satisfies z.ZodType<WentOn>;
