import * as z from 'zod';
import type { Context } from '../../context.js';
import { approve } from '../../pipeline/approval/approve.js';
import { viewApproval } from '../../pipeline/approval/view-approval.js';
import type { AdminApp } from '../app.js';
import { orCurrent } from '../forms/as-seen.js';
import * as schemas from '../schemas/approval.js';

const params = z.object({ runId: z.string().max(40) });

/** Somebody else than who started a run looks at it, and lets it go out. */
export function addApprovalRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['runs'];
  app.get(
    '/runs/:runId/approval',
    {
      schema: {
        tags,
        operationId: 'getRunApproval',
        summary: 'What an approver decides about, with the first rows of a run; for approvers and owners',
        params,
        response: { 200: schemas.approvalView },
      },
      config: { approver: true },
    },
    ({ params: { runId } }) => viewApproval(ctx, runId),
  );
  app.post(
    '/runs/:runId/approve',
    {
      schema: {
        tags,
        operationId: 'approveRun',
        summary: 'Approve a run as it was seen; for approvers and owners, and never for who started it',
        description:
          'If anything of the run has changed since, nothing is done, and the answer is 409 with how it stands now. To decline it, cancel the run.',
        params,
        body: z.strictObject({ state: z.string().max(200).describe('the `state` that the approver saw') }),
        response: { 200: schemas.approved },
      },
      config: { approver: true },
    },
    ({ params: { runId }, body: { state }, actor }) =>
      orCurrent(approve(ctx, runId, { state, by: actor.name }), () => viewApproval(ctx, runId)),
  );
}
