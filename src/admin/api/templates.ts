import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import { actingAs, type Context } from '../../context.js';
import { maskNumbersBesideDatesIn, maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { addTemplate, type NewTemplate } from '../../pipeline/templates/add-template.js';
import { listTemplates, type TemplateQuery } from '../../pipeline/templates/list-templates.js';
import { type TestSendRequest, testSend } from '../../pipeline/test-sends/test-send.js';
import { testSendRow } from '../../pipeline/test-sends/test-send-row.js';
import { type Preview, type PreviewRequest, preview, previewOfRun } from '../../pipeline/views/preview.js';
import { roleWords, seesNumbers, seesValues } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { problem, sendProblem } from '../problem.js';
import {
  newTemplate,
  previewRequest,
  previewView,
  runPreviewView,
  runTestRequest,
  templateView,
  testSendRequest,
  testSent,
} from '../schemas/template.js';

const tags = ['templates'];
const ofWhich = {
  account: z.string().max(40).optional().describe('of this Qiscus account only'),
  channelId: z.coerce.number().int().positive().optional().describe('of this WhatsApp channel only'),
};

/** The templates that broadcasts are made from. */
export function addTemplateRoutes(app: AdminApp, ctx: Context): void {
  app.get(
    '/templates',
    {
      schema: {
        tags,
        operationId: 'listTemplates',
        summary: 'The templates as Qiscus told them last, by account, name and language',
        querystring: z.strictObject(ofWhich),
        response: { 200: z.array(templateView) },
      },
    },
    async ({ query }) => (await listTemplates(ctx, query as TemplateQuery)).templates,
  );

  app.post(
    '/templates/refresh',
    {
      schema: {
        tags,
        operationId: 'refreshTemplates',
        summary: 'Ask Qiscus for its templates now; where it does not answer, what is kept is told',
        querystring: z.strictObject(ofWhich),
        response: { 200: z.object({ templates: z.array(templateView), faults: z.array(z.string()) }) },
      },
    },
    ({ query }) => listTemplates(ctx, { ...(query as TemplateQuery), refresh: true }),
  );

  app.post(
    '/templates/preview',
    {
      config: { looks: true },
      schema: {
        tags,
        operationId: 'previewTemplate',
        summary: 'A recipient as the message to them will look; nothing is sent or kept',
        body: previewRequest,
        response: { 200: previewView },
      },
    },
    ({ body }) => preview(ctx, body as PreviewRequest),
  );

  app.post(
    '/templates/test-send',
    {
      schema: {
        tags,
        operationId: 'testSendTemplate',
        summary: 'Send a template to yourself, as a run of its own; waits a while for what comes of it',
        body: testSendRequest,
        response: { 200: testSent },
      },
    },
    ({ body, actor }) => testSend(actingAs(ctx, actor.name), body as TestSendRequest),
  );

  app.get(
    '/runs/:runId/preview',
    {
      config: { shows: 'preview' },
      schema: {
        tags: ['runs'],
        operationId: 'previewRun',
        summary: 'A row of a run as its recipient sees it; not for viewers, and with a masked number for analysts',
        params: z.object({ runId: z.string().max(40) }),
        querystring: z.strictObject({ row: z.coerce.number().int().min(1).max(1e9).default(1) }),
        response: { 200: runPreviewView },
      },
    },
    async ({ params: { runId }, query: { row }, actor }, reply) => {
      if (!seesValues(actor))
        return sendProblem(
          reply,
          problem(403, 'ROLE', `${actor.name} is ${roleWords(actor)} and sees no values of messages.`),
        );
      const { message, ...found } = await previewOfRun(ctx, runId, row);
      return { ...found, message: message && messageFor(actor, message) };
    },
  );

  app.post(
    '/runs/:runId/test-send',
    {
      schema: {
        tags: ['runs'],
        operationId: 'testSendRun',
        summary: 'Send a row of a run to yourself, as a run of its own; waits a while for what comes of it',
        params: z.object({ runId: z.string().max(40) }),
        body: runTestRequest,
        response: { 200: testSent },
      },
    },
    ({ params: { runId }, body: { row, phoneNumbers }, actor }) =>
      testSendRow(actingAs(ctx, actor.name), runId, row, phoneNumbers),
  );

  app.post(
    '/templates',
    {
      schema: {
        tags,
        operationId: 'addTemplate',
        summary: 'Keep a template that Qiscus does not list, in the place of what was added under its id',
        body: newTemplate,
        response: { 200: templateView },
      },
    },
    ({ body }) => addTemplate(ctx, body as NewTemplate),
  );
}

/** Numbers in it only for who sees numbers. */
function messageFor(actor: Actor, { phoneNumber, ...message }: Preview): Preview {
  if (seesNumbers(actor)) return { phoneNumber, ...message };
  const mask = (text: string | null) => text && maskNumbersBesideDatesIn(text);
  const { text, header, body, buttons } = message;
  return {
    ...{ ...message, phoneNumber: maskPhoneNumber(phoneNumber), text: mask(text) ?? '', header: mask(header) },
    ...{ body: mask(body), buttons: buttons.map((button) => ({ ...button, url: mask(button.url) })) },
  };
}
