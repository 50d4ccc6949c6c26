import { Readable } from 'node:stream';
import * as z from 'zod';
import type { Context } from '../../context.js';
import type { Recipient } from '../../domain/recipients/recipient.js';
import { UsageError } from '../../errors.js';
import { openRecipients } from '../../input/read-recipients.js';
import { type ClosedSource, closeSource } from '../../pipeline/intake/close-source.js';
import { enqueue } from '../../pipeline/intake/enqueue.js';
import { SharedIntakes } from '../../pipeline/intake/shared-intakes.js';
import { requireRun } from '../../pipeline/require-run.js';
import type { AdminApp } from '../app.js';
import { whileLetIn } from '../asker.js';
import { keyHeader, recipientsBody } from '../document/bodies.js';
import * as schemas from '../schemas/run.js';
import { readWrittenFitting, type WrittenFitting } from './asked/fitting.js';
import { idempotencyKey } from './asked/idempotency-key.js';

const tags = ['runs'];
const runParams = z.object({ runId: z.string().max(40) });

const closedSource = z.object({
  runId: z.string(),
  source: z.string(),
  rows: z.number(),
}) satisfies z.ZodType<ClosedSource>;

/** How recipients get into a run. */
export function addIntakeRoutes(app: AdminApp, ctx: Context): void {
  const shared = new SharedIntakes();
  app.post(
    '/runs/:runId/close-source',
    {
      schema: {
        tags,
        operationId: 'closeRunSource',
        summary: 'Close the source of a producer that died, so that the run no longer waits for it',
        params: runParams,
        body: z.strictObject({ source: z.string().max(200).describe('one of the `unclosedSources` of the run') }),
        response: { 200: closedSource },
      },
    },
    ({ params: { runId }, body: { source } }) => closeSource(ctx, runId, source),
  );

  app.register(async (streams) => {
    for (const type of ['text/csv', 'application/x-ndjson'])
      streams.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    streams.post(
      '/runs/:runId/recipients',
      {
        config: { streams: true },
        schema: {
          tags,
          operationId: 'enqueueRecipients',
          summary: 'Enqueue recipients, as a stream of CSV or newline-delimited JSON',
          description:
            'Read only as fast as the run has room; it may be compressed with gzip. Give a source to be able to send the same again ' +
            'after a failure. `map` and `ignoreColumns` are written as for `siaran send`: `Phone Number=phone_number`, ' +
            '`Notes,Kota`. The last row of a CSV is rejected if it has no line end, as it may have been cut off.',
          'x-body': recipientsBody,
          headers: keyHeader,
          params: runParams,
          querystring: z.object({
            source: z.string().max(200).optional(),
            map: z.string().max(10_000).optional(),
            ignoreColumns: z.string().max(10_000).optional(),
          }),
          response: { 200: schemas.enqueued },
        },
      },
      async (request) => {
        const { runId } = request.params as { runId: string };
        const { source, ...written } = request.query as { source?: string } & WrittenFitting;
        const fitting = readWrittenFitting(written);
        const run = await requireRun(ctx, runId);
        if (!(request.body instanceof Readable))
          throw new UsageError('Send recipients as text/csv or application/x-ndjson.');
        request.raw.socket.setTimeout(longestPauseMs);
        // A body whose length was told is whole, or its stream ends with an error.
        const mayBeCut = request.headers['content-length'] === undefined;
        // Not to be destroyed when it is left early: the answer goes out through the same socket.
        const stream = whileLetIn(request, request.body.iterator({ destroyOnReturn: false }));
        const body = { stream, name: 'the body', mayBeCut, columnsIfEmpty: run.columns };
        const { columns, rows } = await openRecipients({ ...body, ...fitting });
        requireColumns(columns, run.columns);
        const from = source ?? idempotencyKey(request.headers);
        const options = from === undefined ? {} : { source: from };
        return enqueue(ctx, shared, runId, rows as AsyncIterable<Recipient>, options);
      },
    );
  });
}

/** While the run has no room nothing moves on a connection. Longer than this it is better sent again. */
const longestPauseMs = 600_000;

function requireColumns(given: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((column) => !given.includes(column));
  const unknown = given.filter((column) => !wanted.includes(column));
  if (missing.length + unknown.length === 0) return;
  throw new UsageError(`The columns must be those of the run: ${wanted.join(', ')}.`);
}
