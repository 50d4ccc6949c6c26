import { Readable } from 'node:stream';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { resumeAccount, resumeAll } from '../../pipeline/operating/repair-ledger.js';
import { auditCsv, viewAudit } from '../../pipeline/views/view-audit.js';
import { activeHolds } from '../../store/holds.js';
import type { AdminApp } from '../app.js';
import { csvAnswer } from '../document/bodies.js';
import { orCurrent } from '../forms/as-seen.js';
import { auditQuery, auditView } from '../schemas/audit.js';
import * as schemas from '../schemas/run.js';

/** Holds of accounts, and what was changed by whom. */
export function addOperationRoutes(app: AdminApp, ctx: Context): void {
  app.get(
    '/holds',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listHolds',
        summary: 'Accounts that are held',
        response: { 200: z.array(schemas.holdView) },
      },
    },
    () => activeHolds(ctx.db),
  );

  app.post(
    '/holds/resume',
    {
      schema: {
        tags: ['operations'],
        operationId: 'resumeHolds',
        summary: 'Lift the hold of an account, or of all; returns the lifted holds',
        querystring: z.object({
          account: z.string().max(40).optional().describe('the account; without it, every account that is held'),
        }),
        body: z
          .strictObject({
            ifHolds: z
              .array(z.string().max(40))
              .max(10_000)
              .optional()
              .describe(
                'the ids of all the holds that you saw: if there are others by now, nothing is lifted and the answer is 409',
              ),
          })
          .nullish(),
        response: { 200: z.array(schemas.holdView) },
      },
    },
    ({ query: { account }, body }) => {
      const seen = body?.ifHolds;
      const lifted = account === undefined ? resumeAll(ctx, seen) : resumeAccount(ctx, account, seen);
      return orCurrent(lifted, () => activeHolds(ctx.db, account));
    },
  );

  app.get(
    '/audit',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listAudit',
        summary: 'What was done, by whom, newest first',
        querystring: z.object({ ...schemas.pageQuery(1_000), ...auditQuery }),
        response: { 200: schemas.pageOf(auditView) },
      },
    },
    async ({ query: { limit, cursor, ...query } }) => {
      if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
        throw new UsageError('cursor must be the `next` of the page before.');
      const before = cursor === undefined ? undefined : BigInt(cursor);
      const entries = await viewAudit(ctx, query, limit + 1, before);
      const items = entries.slice(0, limit);
      return { items, next: entries.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );

  app.get(
    '/audit.csv',
    {
      schema: {
        tags: ['operations'],
        operationId: 'exportAudit',
        summary: 'The same as a CSV file, all of it',
        querystring: z.object(auditQuery),
        response: csvAnswer('Its entries, a line each'),
      },
    },
    ({ query }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('Content-Disposition', 'attachment; filename="audit.csv"')
        .send(Readable.from(auditCsv(ctx, query))),
  );
}
