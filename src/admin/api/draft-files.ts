import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { type OddRows, oddRowsCsv } from '../../pipeline/drafts/odd-rows.js';
import { appendUpload, beginUpload, mostBytesBefore } from '../../pipeline/drafts/upload.js';
import { addAudit } from '../../store/audit-log.js';
import { auditActor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { whileAsked, whileLetIn } from '../asker.js';
import { csvAnswer } from '../document/bodies.js';
import { draftAsJson, draftParams, draftView, newFile } from '../schemas/draft.js';
import { tags } from './drafts.js';

/** A client that says nothing for so long has gone; what came before stays. While Postgres keeps a part, nothing moves either. */
export const longestPauseMs = 120_000;

const wrongOffset = 'must say at which byte of the file the body begins, such as 0';

/** Other headers are left as they are. */
const offsetHeader = z.looseObject({
  'upload-offset': z
    .string(wrongOffset)
    .regex(/^\d{1,12}$/, wrongOffset)
    .describe('at which byte of the file the body begins'),
  'upload-before': z
    .base64('must be base64 of what stands before the body in the file')
    .max(4 * Math.ceil(mostBytesBefore / 3))
    .optional()
    .describe(
      `up to ${mostBytesBefore} bytes that stand before the body in the file, as base64: if the file does not end with them, it is another one, and the answer is 400`,
    ),
});

const exports = [
  [
    'rejected',
    'exportRejectedRows',
    'The rows that would be rejected, with why and what stands in them, as a CSV file for spreadsheets',
  ],
  [
    'doubtful',
    'exportDoubtfulRows',
    'The rows that are sent and look like a mistake, with why and what stands in them, as a CSV file for spreadsheets; after a check',
  ],
] as const;

/** How a file of recipients gets into a draft, also in parts, and after it broke off; and what of it is rejected or looks like a mistake. */
export function addDraftFileRoutes(app: AdminApp, ctx: Context): void {
  app.post(
    '/drafts/:draftId/file',
    {
      schema: {
        tags,
        operationId: 'beginDraftUpload',
        summary: 'Begin to upload a list, in the place of the one that the draft has',
        description: 'CSV or newline-delimited JSON, packed with gzip or not, of at most 200 MB.',
        params: draftParams,
        body: newFile,
        response: { 200: draftView },
      },
    },
    async ({ params: { draftId }, body: { version, fileName, bytes = null } }) =>
      draftAsJson(await beginUpload(ctx, { id: draftId, version }, { fileName, bytes })),
  );

  for (const [which, operationId, summary] of exports)
    app.get(
      `/drafts/:draftId/${which}.csv`,
      {
        config: { operator: true },
        schema: {
          tags,
          operationId,
          summary,
          params: draftParams,
          response: csvAnswer('The rows, for spreadsheets.'),
        },
      },
      ({ params: { draftId }, actor }, reply) => sendOddRows(ctx, reply, { draftId, which }, actor),
    );

  app.register(async (streams) => {
    streams.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    streams.put(
      '/drafts/:draftId/file',
      {
        config: { streams: true },
        schema: {
          tags,
          operationId: 'uploadDraftPart',
          summary: 'Upload what comes next of a list: all that is missing, or a part of it',
          description:
            'If the file does not end where the body begins, the answer is 409 with the draft as `current`: its `receivedBytes` is where to go on. What came before a break stays.',
          consumes: ['application/octet-stream'],
          'x-body': {
            'application/octet-stream': {
              schema: { type: 'string', description: 'bytes of the file' },
              example: 'phone_number\n6281234567890\n',
            },
          },
          headers: offsetHeader,
          params: draftParams,
          querystring: z.object({
            uploadId: z.uuid().describe('as `source` of the draft has it'),
            isLast: z.enum(['true', 'false']).optional().describe('for a file whose length was not told'),
          }),
          response: { 200: draftView },
        },
      },
      async (request) => {
        const { draftId } = request.params as { draftId: string };
        const { uploadId, isLast } = request.query as { uploadId: string; isLast?: 'true' | 'false' };
        const offset = Number(request.headers['upload-offset']);
        if (!(request.body instanceof Readable)) throw new UsageError('Send the file as application/octet-stream.');
        request.raw.socket.setTimeout(longestPauseMs);
        // Not to be destroyed when it is left early: the answer goes out through the same socket.
        const stream = request.body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
        const written = request.headers['upload-before'];
        const before = typeof written === 'string' ? Buffer.from(written, 'base64') : undefined;
        const place = { uploadId, offset, before, isLast: isLast === 'true' };
        return draftAsJson(await appendUpload(ctx, draftId, place, whileLetIn(request, stream)));
      },
    );
  });
}

/** The rejected or doubtful rows, for whoever is named in the audit log: the same over HTTP and on the page. */
export async function sendOddRows(
  ctx: Context,
  reply: FastifyReply,
  { draftId, which }: { draftId: string; which: OddRows },
  actor: Actor,
): Promise<FastifyReply> {
  const csv = await oddRowsCsv(ctx, draftId, which, whileAsked(reply));
  await addAudit(ctx.db, { ...auditActor(actor), action: 'export', target: draftId, detail: { rows: which } });
  void reply.header('Content-Disposition', `attachment; filename="${which}-${draftId}.csv"`);
  return reply.type('text/csv; charset=utf-8').send(Readable.from(csv));
}
