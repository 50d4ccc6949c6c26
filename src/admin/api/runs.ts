import { Readable } from 'node:stream';
import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import { actingAs, type Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { forecastRun } from '../../pipeline/campaigns/forecast.js';
import { seal } from '../../pipeline/intake/seal.js';
import { type RunRequest, startRun } from '../../pipeline/intake/start-run.js';
import { cancel, pause, resume } from '../../pipeline/operating/pause.js';
import { retry } from '../../pipeline/operating/retry.js';
import { verify } from '../../pipeline/operating/verify.js';
import { requireRun } from '../../pipeline/require-run.js';
import { exportCsv } from '../../pipeline/views/export-csv.js';
import { rejectionsPage } from '../../pipeline/views/list-rejections.js';
import { viewResults } from '../../pipeline/views/view-results.js';
import { viewRun, viewRuns } from '../../pipeline/views/view-run.js';
import { addAudit } from '../../store/audit-log.js';
import { type IfState, stateOf } from '../../store/states.js';
import { batchesAfter } from '../../store/views/batch-views.js';
import { findRunIds } from '../../store/views/run-list.js';
import { auditActor, reasonOfRowFor, seesNumbers, seesValues } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { csvAnswer, keyHeader } from '../document/bodies.js';
import { ifStateBody, orCurrent } from '../forms/as-seen.js';
import { exportQuery } from '../schemas/export-query.js';
import { runResults } from '../schemas/result.js';
import * as schemas from '../schemas/run.js';
import { runQuery } from '../schemas/run-query.js';
import { idempotencyKey } from './asked/idempotency-key.js';
import { runRequest } from './asked/requests.js';

const runParams = z.object({ runId: z.string().max(40) });

/** Runs: what is sent, and what became of it. */
export function addRunRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['runs'];
  // States before what they are about: what changes in between is noticed then.
  const current = async (runId: string) => {
    const states = { state: await stateOf(ctx.db, 'run', runId), failedState: await stateOf(ctx.db, 'failed', runId) };
    return { ...(await viewRun(ctx, runId)), ...states };
  };

  app.get(
    '/runs',
    {
      schema: {
        tags,
        operationId: 'listRuns',
        summary: 'Runs, newest first',
        querystring: z.object({ ...schemas.pageQuery(200), ...runQuery }),
        response: { 200: schemas.pageOf(schemas.runView) },
      },
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const ids = await findRunIds(ctx.db, filter, limit + 1, cursor);
      const shown = ids.slice(0, limit);
      const items = await viewRuns(ctx, shown);
      return { items, next: ids.length > limit ? (shown.at(-1) ?? null) : null };
    },
  );

  app.post(
    '/runs',
    {
      schema: {
        tags,
        operationId: 'startRun',
        summary: 'Start a run, or find the one that its key gave before',
        description: 'The header Idempotency-Key is the key if the body has none.',
        headers: keyHeader,
        body: runRequest,
        response: { 200: schemas.startedRun, 201: schemas.startedRun },
      },
    },
    async (request, reply) => {
      const key = request.body.key ?? idempotencyKey(request.headers);
      const starter = actingAs(ctx, request.actor.name);
      const started = await startRun(starter, { ...request.body, ...(key !== undefined && { key }) } as RunRequest);
      return reply.code(started.existed ? 200 : 201).send(started);
    },
  );

  app.get(
    '/runs/:runId',
    {
      schema: {
        tags,
        operationId: 'getRun',
        summary: 'A run as it stands, and the forecast of its last start',
        params: runParams,
        response: { 200: schemas.runView.extend({ ...schemas.runStates, forecast: schemas.forecast.nullable() }) },
      },
    },
    async ({ params: { runId } }) => ({ ...(await current(runId)), forecast: await forecastRun(ctx, runId) }),
  );

  app.get(
    '/runs/:runId/results',
    {
      schema: {
        tags,
        operationId: 'getRunResults',
        summary: 'What became of its messages, and why some failed',
        params: runParams,
        response: { 200: runResults },
      },
    },
    ({ params: { runId } }) => viewResults(ctx, runId),
  );

  app.get(
    '/runs/:runId/batches',
    {
      schema: {
        tags,
        operationId: 'listRunBatches',
        summary: "A run's batches by number",
        params: runParams,
        querystring: z.object({ ...schemas.pageQuery(1_000), status: schemas.batchStatus.optional() }),
        response: { 200: schemas.pageOf(schemas.batchView) },
      },
    },
    async ({ params: { runId }, query: { limit, cursor, status } }) => {
      await requireRun(ctx, runId);
      const rows = await batchesAfter(ctx.db, runId, wholeCursor(cursor), limit + 1, status);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? String(items.at(-1)?.number) : null };
    },
  );

  app.get(
    '/runs/:runId/rejections',
    {
      schema: {
        tags,
        operationId: 'listRunRejections',
        summary: 'Rejected rows, by source and position',
        params: runParams,
        querystring: z.object(schemas.pageQuery(1_000)),
        response: { 200: schemas.pageOf(schemas.rejectionView) },
      },
    },
    async ({ params: { runId }, query, actor }) => {
      const { items, next } = await rejectionsPage(ctx, runId, query.limit, query.cursor);
      return { items: items.map((row) => ({ ...row, reason: reasonOfRowFor(actor, row.reason) })), next };
    },
  );

  app.get(
    '/runs/:runId/export',
    {
      schema: {
        tags,
        operationId: 'exportRun',
        summary:
          'Its recipients with what became of each, as CSV; operators see numbers, analysts masked ones, viewers no values either',
        params: runParams,
        querystring: z.object(exportQuery),
        response: csvAnswer('Its recipients, a line each'),
      },
    },
    async ({ params: { runId }, query: { status: statuses, code: codes }, actor }, reply) => {
      const csv = await exportCsv(ctx, runId, { ...exportFor(actor), statuses, codes });
      const detail = { ...(statuses && { statuses }), ...(codes && { codes }) };
      await addAudit(ctx.db, { ...auditActor(actor), action: 'export', target: runId, detail });
      void reply.header('Content-Disposition', `attachment; filename="${runId}.csv"`);
      return reply.type('text/csv; charset=utf-8').send(Readable.from(csv));
    },
  );

  app.get(
    '/runs/:runId/verification',
    {
      schema: {
        tags,
        operationId: 'verifyRun',
        summary: 'Whether every recipient is accounted for, once',
        params: runParams,
        response: { 200: schemas.verification },
      },
    },
    ({ params: { runId } }) => verify(ctx, runId),
  );

  const change = <T>(
    what: string,
    summary: string,
    response: z.ZodType<T>,
    act: (runId: string, seen: IfState) => Promise<T>,
  ) =>
    app.route({
      method: 'POST',
      url: `/runs/:runId/${what}`,
      schema: {
        tags,
        operationId: `${what}Run`,
        summary,
        params: runParams,
        body: ifStateBody,
        response: { 200: response as z.ZodType },
      },
      handler: ({ params: { runId }, body }) => orCurrent(act(runId, { ifState: body?.ifState }), () => current(runId)),
    });
  const asItStands = schemas.runView;
  change('seal', 'Say that all recipients are in', asItStands, async (runId, seen) => {
    await seal(ctx, runId, seen);
    return viewRun(ctx, runId);
  });
  change('resume', 'Let a paused or held run go on', asItStands, async (runId, seen) => {
    await resume(ctx, runId, seen);
    return viewRun(ctx, runId);
  });
  change('pause', 'Stop its deliveries', schemas.interruption, (runId, seen) => pause(ctx, runId, seen));
  change('cancel', 'Cancel, for good, what was not handed over', schemas.cancellation, (runId, seen) =>
    cancel(ctx, runId, seen),
  );
  change('retry', 'Deliver its failed batches again; `ifState` is the `failedState`', schemas.retried, (runId, seen) =>
    retry(ctx, runId, seen),
  );
}

const exportFor = (actor: Actor) => ({ withNumbers: seesNumbers(actor), withValues: seesValues(actor) });

function wholeCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new UsageError('cursor must be the `next` of the page before.');
}
