import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { sendMessage } from '../../pipeline/intake/send-message.js';
import { forget } from '../../pipeline/operating/forget.js';
import { decideHeldOptOuts, listHeldOptOuts, undoOptOutsOf } from '../../pipeline/operating/opt-outs.js';
import { suppress, suppressedPage, unsuppress } from '../../pipeline/operating/suppress.js';
import { findRecipient } from '../../pipeline/views/find-recipient.js';
import { findBlockKey } from '../../store/block-key.js';
import { seesNumbers } from '../access/roles.js';
import { sealNumber, unsealNumber } from '../access/sealed-number.js';
import type { AdminApp } from '../app.js';
import { keyHeader } from '../document/bodies.js';
import { reasonFor } from '../forms/suppression-forms.js';
import { numberFor } from '../html/words.js';
import { messageView, recipientView, suppressionView } from '../schemas/people.js';
import * as schemas from '../schemas/run.js';
import { idempotencyKey } from './asked/idempotency-key.js';
import { messageRequest } from './asked/requests.js';

const numbers = z
  .array(z.union([z.string().max(40), z.number()]))
  .min(1)
  .max(1_000);

/** People by their number: what they were sent, one message, and who is left alone. */
export function addRecipientRoutes(app: AdminApp, ctx: Context): void {
  app.post(
    '/recipients/search',
    {
      schema: {
        tags: ['recipients'],
        operationId: 'searchRecipient',
        summary: 'What a phone number was sent in every run, and what became of it',
        body: z.strictObject({ phoneNumber: z.string().max(200) }),
        response: { 200: recipientView },
      },
      config: { lookUp: true },
    },
    async ({ body: { phoneNumber }, actor }) => {
      const found = await findRecipient(ctx, phoneNumber);
      return { ...found, phoneNumber: numberFor(actor, found.phoneNumber) };
    },
  );

  app.post(
    '/recipients/forget',
    {
      schema: {
        tags: ['recipients'],
        operationId: 'forgetRecipient',
        summary:
          'Forget somebody: remove the number, values and names from every run, for good, and never message them again',
        body: z.strictObject({ phoneNumber: z.string().max(200) }),
        response: {
          200: z.object({
            runs: z.number(),
            messages: z.number(),
            emptiedDrafts: z
              .array(z.object({ id: z.string(), name: z.string() }))
              .describe('drafts whose lists were thrown away, as the number stood in them'),
            waitingRuns: z
              .array(z.string())
              .optional()
              .describe(
                'runs in which rows with the number wait until a worker cuts them, and drops them; forget it again then. Missing if there are none',
              ),
          }),
        },
      },
      config: { tellsNothing: true },
    },
    ({ body: { phoneNumber }, actor }) => forget(ctx, phoneNumber, { by: actor.name }),
  );

  app.post(
    '/messages',
    {
      schema: {
        tags: ['recipients'],
        operationId: 'sendMessage',
        summary: 'Send one message, ahead of all broadcasts',
        description: 'With a key (or the header Idempotency-Key) it may be repeated: the same key sends once.',
        headers: keyHeader,
        body: messageRequest,
        response: { 200: messageView },
      },
    },
    ({ body, headers, actor }) => {
      const key = body.key ?? idempotencyKey(headers);
      return sendMessage(actingAs(ctx, actor.name), { ...body, ...(key !== undefined && { key }) } as Parameters<
        typeof sendMessage
      >[1]);
    },
  );

  const tags = ['suppression list'];
  app.get(
    '/suppressions',
    {
      schema: {
        tags,
        operationId: 'listSuppressions',
        summary: 'Numbers that are never messaged, in their order; masked for viewers',
        querystring: z.object(schemas.pageQuery(1_000)),
        response: { 200: schemas.pageOf(suppressionView) },
      },
      config: { shows: 'list suppressions' },
    },
    async ({ query: { limit, cursor }, actor }) => {
      // A page that begins at a number of one's choice would tell, number by number, what is masked.
      if (!seesNumbers(actor) && cursor !== undefined)
        throw new UsageError('Only operators see more than the first page: a cursor leads to a number.');
      const key = await findBlockKey(ctx.db);
      const after = cursor === undefined ? undefined : (unsealNumber(key, cursor) ?? 'unknown');
      const { items, next } = await suppressedPage(ctx, limit, after);
      const masked = items.map(({ phoneNumber, reason, ...item }) => ({
        ...item,
        phoneNumber: numberFor(actor, phoneNumber),
        // Operators write reasons, and numbers into them.
        reason: reasonFor(actor, reason),
      }));
      // What leads on must not tell what is masked: a viewer sees the first page.
      return { items: masked, next: next !== null && seesNumbers(actor) ? sealNumber(key, next) : null };
    },
  );

  app.post(
    '/suppressions',
    {
      schema: {
        tags,
        operationId: 'addSuppressions',
        summary: 'Put numbers on the suppression list: no run messages them from now on',
        body: z.strictObject({ phoneNumbers: numbers, reason: z.string().max(200).optional() }),
        response: { 200: z.object({ added: z.number(), already: z.number() }) },
      },
    },
    ({ body: { phoneNumbers, reason } }) => suppress(ctx, phoneNumbers, reason === undefined ? {} : { reason }),
  );

  app.delete(
    '/suppressions',
    {
      schema: {
        tags,
        operationId: 'removeSuppressions',
        summary: 'Take numbers off the suppression list',
        body: z.strictObject({ phoneNumbers: numbers }),
        response: { 200: z.object({ removed: z.number(), absent: z.number() }) },
      },
    },
    ({ body: { phoneNumbers } }) => unsuppress(ctx, phoneNumbers),
  );

  app.get(
    '/opt-outs/held',
    {
      schema: {
        tags,
        operationId: 'listHeldOptOuts',
        summary: 'Opt-outs that wait for an operator, as more came within a minute than are ordinary',
        response: { 200: z.array(z.object({ account: z.string(), optOuts: z.number(), since: z.string() })) },
      },
    },
    () => listHeldOptOuts(ctx),
  );

  app.post(
    '/opt-outs/held',
    {
      schema: {
        tags,
        operationId: 'decideHeldOptOuts',
        summary: "Put an account's held opt-outs on the suppression list, or drop them as forged",
        body: z.strictObject({ account: z.string().max(40), decision: z.enum(['apply', 'discard']) }),
        response: { 200: z.object({ decided: z.number() }) },
      },
    },
    async ({ body: { account, decision } }) => ({ decided: await decideHeldOptOuts(ctx, account, decision) }),
  );

  app.post(
    '/opt-outs/undo',
    {
      schema: {
        tags,
        operationId: 'undoOptOuts',
        summary: 'Undo opt-outs that callbacks told, by their source; those that fit all that is given',
        body: z.strictObject({
          account: z.string().max(40).optional(),
          since: z.iso.datetime({ offset: true }).optional(),
          until: z.iso.datetime({ offset: true }).optional(),
          batchId: z.string().max(100).optional(),
          messageId: z.string().max(500).optional(),
        }),
        response: { 200: z.object({ optOuts: z.number(), removed: z.number() }) },
      },
    },
    ({ body: { since, until, ...source } }) =>
      undoOptOutsOf(ctx, {
        ...source,
        ...(since !== undefined && { since: new Date(since) }),
        ...(until !== undefined && { until: new Date(until) }),
      }),
  );
}
