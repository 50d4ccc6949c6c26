import * as z from 'zod';
import { catchUps } from '../../../domain/campaigns/firing.js';
import { valuePolicies } from '../../../domain/recipients/value.js';
import { ifState } from '../../forms/as-seen.js';

/**
 * What may be sent. Only names and kinds are told apart here; what a value has to be is said by the library, which names each
 * setting that is wrong.
 */
const text = z.string().max(10_000);
const whole = z.number();

const sending = {
  name: text,
  columns: z.array(text).max(100),
  separator: z.enum([',', ';']).optional(),
  account: text.optional(),
  values: z.enum(valuePolicies).optional(),
  maxRejected: z.union([whole, text]).optional(),
  retryAfterFailure: z
    .strictObject({ codes: z.array(whole).max(100), after: text, times: whole })
    .optional()
    .describe('whom workers send to again by themselves, and when'),
  channelId: whole.optional(),
  pace: text.optional(),
  window: text.optional(),
  windowDays: text.optional(),
  timeZone: text.optional(),
  dailyLimit: whole.optional(),
  handOver: text.optional(),
  first: whole.optional(),
  tooLateAfter: text.optional(),
  delivery: z.enum(['bulk', 'individual']).optional(),
  templateName: text.optional(),
  namespace: text.optional(),
  language: text.optional(),
  force: z.boolean().optional(),
  catchUp: z.enum(catchUps).optional(),
};

export const runRequest = z
  .strictObject({
    ...sending,
    templateDetailId: whole.optional(),
    template: text.optional().describe('its name instead of its id, such as reminder or reminder:id'),
    key: text.optional(),
    startAt: text.optional(),
    lateOk: z.boolean().optional(),
    flushAfter: text.optional(),
  })
  .meta({
    examples: [
      {
        key: 'reminders-2026-12',
        name: 'Payment reminders',
        templateDetailId: 172,
        columns: ['phone_number', 'body_variable1'],
      },
    ],
  });

/** When and how the run of a draft goes out. */
export const draftSettings = z.strictObject({
  values: sending.values,
  maxRejected: sending.maxRejected,
  retryAfterFailure: sending.retryAfterFailure,
  delivery: sending.delivery,
  channelId: sending.channelId,
  pace: sending.pace,
  window: sending.window,
  windowDays: sending.windowDays,
  timeZone: sending.timeZone,
  dailyLimit: sending.dailyLimit,
  handOver: sending.handOver,
  first: sending.first,
  tooLateAfter: sending.tooLateAfter,
  force: sending.force,
  catchUp: sending.catchUp,
  startAt: text.optional().describe('ISO 8601 with an offset, or by the clock of timeZone'),
});

const campaign = {
  ...sending,
  templateDetailId: whole.optional(),
  template: text.optional().describe('its name instead of its id, such as reminder or reminder:id'),
  map: z.record(text, text).optional(),
  ignoreColumns: z.array(text).max(100).optional(),
  audience: text,
  schedule: text,
  often: z.boolean().optional(),
  skipDates: z.array(text).max(1_000).optional().describe('dates of timeZone on which it does not fire, as 2027-01-01'),
  calendar: text.optional().describe('a calendar of SIARAN_CALENDARS_FILE, on whose dates it does not fire'),
  prepareAhead: text.optional(),
  approvalAbove: whole
    .optional()
    .describe('a run of it with more people goes out only once somebody else has approved it; 0: every run'),
  approveOnce: z.boolean().optional().describe('one approval is for all runs of a version'),
};

export const campaignRequest = z
  .strictObject({
    ...campaign,
    again: z
      .boolean()
      .optional()
      .describe('also fires instants that a removed campaign of this name has fired or skipped'),
  })
  .meta({
    examples: [
      {
        name: 'Weekly reminders',
        templateDetailId: 172,
        columns: ['phone_number', 'body_variable1'],
        audience: 'named:customers',
        schedule: '0 9 * * mon',
        timeZone: 'Asia/Jakarta',
      },
    ],
  });

/** What is to be another setting; `null` takes one away. */
const changes = Object.fromEntries(
  Object.entries(campaign).map(([name, setting]) => [name, z.nullable(z.optional(setting))]),
) as { [K in keyof typeof campaign]: z.ZodNullable<z.ZodOptional<(typeof campaign)[K]>> };

export const editRequest = z
  .strictObject({
    ...changes,
    name: text.optional().describe('it can not be changed'),
    version: whole
      .optional()
      .describe('the version that you saw: if it is another one by now, the answer is 409 with the campaign as it is'),
    redo: z.boolean().optional().describe('fires again, with the new settings, what is fired and not handed over'),
  })
  .meta({ examples: [{ version: 3, templateDetailId: 173, pace: null }] });

export const fireRequest = z.strictObject({
  asOf: z.iso
    .datetime({ offset: true })
    .describe('when the firing was decided; the same instant again gives the same run'),
  ...ifState,
});

export const messageRequest = z
  .strictObject({
    phoneNumber: z.union([text, z.number()]),
    template: text.optional().describe('its name instead of its id and all that follows'),
    templateDetailId: whole.optional(),
    channelId: whole.optional(),
    templateName: text.optional(),
    namespace: text.optional(),
    language: text.optional(),
    variables: z.array(text).max(15).optional(),
    buttonParams: z
      .array(z.strictObject({ type: text, values: text, index: whole }))
      .max(10)
      .optional(),
    name: text.optional(),
    key: text.optional(),
    startAt: text.optional(),
    lateOk: z.boolean().optional(),
    timeZone: text.optional(),
    account: text.optional(),
    values: z.enum(valuePolicies).optional(),
    wait: text.optional(),
  })
  .meta({
    examples: [{ key: 'otp-4711', phoneNumber: '6281234567890', template: 'one_time_code:id', variables: ['482913'] }],
  });
