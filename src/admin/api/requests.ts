import { z } from 'zod';
import { catchUps } from '../../domain/firing.js';
import { valuePolicies } from '../../domain/value.js';

/**
 * What may be sent. Only names and kinds are told apart here; what a value has to be is said by the library, which names each
 * setting that is wrong.
 */
const text = z.string().max(10_000);
const whole = z.number();

const sending = {
  name: text,
  templateDetailId: whole,
  columns: z.array(text).max(100),
  separator: z.enum([',', ';']).optional(),
  account: text.optional(),
  values: z.enum(valuePolicies).optional(),
  maxRejected: z.union([whole, text]).optional(),
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

export const runRequest = z.strictObject({
  ...sending,
  key: text.optional(),
  startAt: text.optional(),
  lateOk: z.boolean().optional(),
  flushAfter: text.optional(),
});

export const campaignRequest = z.strictObject({
  ...sending,
  map: z.record(text, text).optional(),
  ignoreColumns: z.array(text).max(100).optional(),
  audience: text,
  schedule: text,
  often: z.boolean().optional(),
  prepareAhead: text.optional(),
});

export const fireRequest = z.strictObject({
  asOf: z.iso.datetime({ offset: true }).describe('when it was decided; the same again gives the same run'),
});

export const messageRequest = z.strictObject({
  phoneNumber: z.union([text, z.number()]),
  templateDetailId: whole,
  channelId: whole,
  templateName: text,
  namespace: text,
  language: text,
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
});
