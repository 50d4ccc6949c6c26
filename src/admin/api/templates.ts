import * as z from 'zod';
import type { Context } from '../../context.js';
import { addTemplate, type NewTemplate } from '../../pipeline/templates/add-template.js';
import { listTemplates, type TemplateQuery } from '../../pipeline/templates/list-templates.js';
import type { AdminApp } from '../app.js';
import { newTemplate, templateView } from '../schemas/template.js';

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
        summary: 'Ask Qiscus for its templates now; where it does not answer, what is kept is told',
        querystring: z.strictObject(ofWhich),
        response: { 200: z.object({ templates: z.array(templateView), faults: z.array(z.string()) }) },
      },
    },
    ({ query }) => listTemplates(ctx, { ...(query as TemplateQuery), refresh: true }),
  );

  app.post(
    '/templates',
    {
      schema: {
        tags,
        summary: 'Keep a template that Qiscus does not list, in the place of what was added under its id',
        body: newTemplate,
        response: { 200: templateView },
      },
    },
    ({ body }) => addTemplate(ctx, body as NewTemplate),
  );
}
