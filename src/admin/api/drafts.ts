import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { changeDraft } from '../../pipeline/drafts/change-draft.js';
import { startCheck } from '../../pipeline/drafts/check-draft.js';
import { confirmDraft } from '../../pipeline/drafts/confirm-draft.js';
import { discardDraft } from '../../pipeline/drafts/discard-draft.js';
import type { DraftChanges } from '../../pipeline/drafts/draft.js';
import { planDraft } from '../../pipeline/drafts/plan-draft.js';
import { previewDraft, testSendDraft } from '../../pipeline/drafts/preview-draft.js';
import { createDraft, findDraft, listDrafts } from '../../pipeline/drafts/view-draft.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import * as schemas from '../schemas/draft.js';
import { pageOf, pageQuery } from '../schemas/run.js';
import { testSent } from '../schemas/template.js';

/** The tag of everything about drafts. */
export const tags = ['drafts'];
const { draftParams } = schemas;
const one = { 200: schemas.draftView };
/** What is in a list is for those who may send to it. */
const config = { operator: true } as const;

/** Broadcasts that somebody is making, from a list and a template to a confirmation. */
export function addDraftRoutes(app: AdminApp, ctx: Context): void {
  app.get(
    '/drafts',
    {
      config,
      schema: {
        tags,
        operationId: 'listDrafts',
        summary: 'Drafts of broadcasts, those that were changed last first; for operators, as all about drafts',
        querystring: z.object(pageQuery(100)),
        response: { 200: pageOf(schemas.draftView) },
      },
    },
    async ({ query }) => {
      const { items, next } = await listDrafts(ctx, query);
      return { items: items.map(schemas.draftAsJson), next };
    },
  );

  app.post(
    '/drafts',
    {
      schema: {
        tags,
        operationId: 'createDraft',
        summary: 'Begin to make a broadcast',
        body: schemas.newDraft,
        response: { 201: schemas.draftView },
      },
    },
    async ({ body, actor }, reply) =>
      reply.code(201).send(schemas.draftAsJson(await createDraft(ctx, body, actor.name))),
  );

  app.get(
    '/drafts/:draftId',
    {
      config,
      schema: { tags, operationId: 'getDraft', summary: 'A draft as it stands', params: draftParams, response: one },
    },
    async ({ params: { draftId } }) => schemas.draftAsJson(await findDraft(ctx, draftId)),
  );

  app.patch(
    '/drafts/:draftId',
    {
      schema: {
        tags,
        operationId: 'changeDraft',
        summary: 'Change a draft: its name, list, template, mapping or settings',
        description: 'What is not named stays. An earlier check no longer counts.',
        params: draftParams,
        body: schemas.draftChanges,
        response: one,
      },
    },
    async ({ params: { draftId }, body: { version, ...changes } }) =>
      schemas.draftAsJson(await changeDraft(ctx, { id: draftId, version }, changes as DraftChanges)),
  );

  app.delete(
    '/drafts/:draftId',
    {
      schema: {
        tags,
        operationId: 'discardDraft',
        summary: 'Throw a draft away, and its file with it; a run that it has become stays',
        params: draftParams,
        querystring: z.strictObject({
          version: z.coerce
            .number()
            .int()
            .min(1)
            .optional()
            .describe(
              'the `version` that you saw: if it is another one by now, nothing is done, and the answer is 409',
            ),
        }),
        response: { 200: z.object({ discarded: z.string() }) },
      },
    },
    async ({ params: { draftId }, query: { version } }) => {
      await discardDraft(ctx, draftId, { version });
      return { discarded: draftId };
    },
  );

  app.post(
    '/drafts/:draftId/check',
    {
      config: { ...config, looks: true },
      schema: {
        tags,
        operationId: 'checkDraft',
        summary: 'Read the list once, and say what is rejected, doubtful, double or suppressed',
        description: 'It goes on after the answer: `checking` says how far it is, `check` what it came to.',
        params: draftParams,
        body: schemas.checkRequest,
        response: one,
      },
    },
    async ({ params: { draftId }, body: { version, waitMs } }) =>
      schemas.draftAsJson(await startCheck(ctx, { id: draftId, version }, { waitMs })),
  );

  app.get(
    '/drafts/:draftId/preview',
    {
      config,
      schema: {
        tags,
        operationId: 'previewDraft',
        summary: 'A row as its recipient will see it, or why they get nothing',
        params: draftParams,
        querystring: schemas.rowQuery,
        response: { 200: schemas.draftPreview },
      },
    },
    ({ params: { draftId }, query: { row } }, reply) => previewDraft(ctx, draftId, row, whileAsked(reply)),
  );

  app.post(
    '/drafts/:draftId/test-send',
    {
      schema: {
        tags,
        operationId: 'testSendDraft',
        summary: 'Send a row to yourself, as a run of its own; waits a while for what comes of it',
        params: draftParams,
        body: schemas.testRequest,
        response: { 200: testSent },
      },
    },
    ({ params: { draftId }, body: { row, phoneNumbers }, actor }, reply) =>
      testSendDraft(actingAs(ctx, actor.name), draftId, row, phoneNumbers, whileAsked(reply)),
  );

  app.get(
    '/drafts/:draftId/plan',
    {
      config,
      schema: {
        tags,
        operationId: 'planDraft',
        summary: 'All that a confirmation would mean, in figures and in a sentence, and what stands in its way',
        params: draftParams,
        response: { 200: schemas.draftPlan },
      },
    },
    ({ params: { draftId } }) => planDraft(ctx, draftId),
  );

  app.post(
    '/drafts/:draftId/confirm',
    {
      schema: {
        tags,
        operationId: 'confirmDraft',
        summary: 'Make a run of a draft; the same again gives the same run',
        description: 'Workers read its rows into the run, and nothing goes out before all of them are in.',
        params: draftParams,
        body: schemas.confirmRequest,
        response: { 201: z.object({ runId: z.string() }) },
      },
    },
    async ({ params: { draftId }, body: { version, people }, actor }, reply) =>
      reply.code(201).send(await confirmDraft(ctx, { id: draftId, version }, people, actor.name)),
  );
}
