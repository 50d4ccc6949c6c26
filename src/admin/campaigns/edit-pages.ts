import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { CampaignChangedError } from '../../errors.js';
import { editCampaign } from '../../pipeline/campaigns/edit-campaign.js';
import { previewEdit } from '../../pipeline/campaigns/preview-change.js';
import { refuseFreeAudience } from '../api/free-audience.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { goTo, show } from '../forms/answer.js';
import { type Content, html } from '../html/html.js';
import { plural } from '../html/words.js';
import { campaignParams, campaignPath } from '../pages/campaigns.js';
import { changesTable, choicesOf, foretellWritten, goingList, orFaults, shownForm, withColumns } from './asking.js';
import { campaignForm, type FormAbout, foretoldList, hiddenFields } from './form-fields.js';
import { chosenIn, lookFields } from './look.js';
import { asks, shownLook, showTest, turnForm } from './look-turn.js';
import { campaignFields, writtenChanges, writtenOf } from './read-form.js';
import { versionsTable } from './versions-page.js';

const seen = { seenVersion: z.coerce.number().int().min(1) };
const editing = z
  .object({ ...campaignFields, ...lookFields, ...seen, do: z.enum(asks).default('ask') })
  .catchall(z.string().max(2_000));
const sentForm = z.object({ ...campaignFields, ...lookFields });
const saving = z.object({ ...campaignFields, ...seen, redo: z.literal('yes').optional() });

/** A campaign is changed on a form; before anything is saved, a page says what will be another one. */
export function addCampaignEditPages(app: AdminApp, ctx: Context): void {
  const page = (name: string, content: Content, refusal?: string) => ({
    title: `Change · Campaign ${name}`,
    section: 'Campaigns',
    scripts: ['campaign.js'],
    refusal,
    content: html`<p class="trail"><a href="/campaigns">Campaigns</a> <a href="${campaignPath(name)}">${name}</a></p><h1>Change ${name}</h1>${content}`,
  });
  const about = (name: string, version: number, more: Partial<FormAbout> = {}): FormAbout => ({
    ...{ path: `${campaignPath(name)}/edit`, back: campaignPath(name), version },
    ...more,
  });

  /** What somebody else has changed, and the form as it is now. */
  const askAnew = async (request: FastifyRequest, reply: FastifyReply, name: string, error: CampaignChangedError) => {
    const choices = await choicesOf(ctx);
    const { campaign, form } = await shownForm(ctx, name, choices);
    const content = html`<section aria-labelledby="since"><h2 id="since">What was changed meanwhile</h2>${await versionsTable(ctx, request.actor, name)}</section>${campaignForm(form, choices, about(name, campaign.version))}`;
    return show(request, reply.code(409), page(name, content, error.message));
  };
  const orChanged = async (
    { request, reply, name }: { request: FastifyRequest; reply: FastifyReply; name: string },
    work: () => Promise<FastifyReply>,
  ) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CampaignChangedError) return askAnew(request, reply, name, error);
      throw error;
    }
  };

  /** The form as it was sent, and as it stands. */
  const turnOf = async (request: FastifyRequest, reply: FastifyReply, body: z.output<typeof sentForm>) => {
    const { name } = request.params as { name: string };
    const { given, chosen } = chosenIn(body);
    const choices = await choicesOf(ctx);
    const { form } = await shownForm(ctx, name, choices);
    const written = withColumns(writtenOf({ ...given, name }, form), choices);
    const path = `${campaignPath(name)}/edit`;
    return { form, turn: { request, reply, written, choices, chosen, path, standing: form.audience } };
  };

  const params = campaignParams;
  app.get('/campaigns/:name/edit', { schema: { params }, config: { operator: true } }, async (request, reply) => {
    const { name } = request.params;
    const choices = await choicesOf(ctx);
    const { campaign, form } = await shownForm(ctx, name, choices);
    const { done: foretold } = { done: undefined, ...(await orFaults(() => foretellWritten(ctx, form))) };
    return show(request, reply, page(name, campaignForm(form, choices, about(name, campaign.version, { foretold }))));
  });

  app.post(
    '/campaigns/:name/edit/ask',
    { schema: { params, body: editing }, config: { operator: true, looks: true } },
    async (request, reply) => {
      const { name } = request.params;
      const { do: what, seenVersion, ...body } = request.body;
      const { form, turn } = await turnOf(request, reply, body);
      const { choices } = turn;
      const turned = await turnForm(ctx, turn, what);
      const { written, look, isLook } =
        'faults' in turned ? { written: turn.written, look: undefined, isLook: true } : turned;
      const shown = look && shownLook(ctx, turn, { written, look });
      const again = (more: Partial<FormAbout>, status = 200) =>
        show(
          request,
          reply.code(status),
          page(name, campaignForm(written, choices, about(name, seenVersion, { look: shown, ...more }))),
        );
      const told = await orFaults(() => foretellWritten(ctx, written));
      if ('faults' in turned) return again(turned, 400);
      if (isLook) return again('done' in told ? { foretold: told.done } : {});
      if ('faults' in told) return again(told, 400);
      const foretold = told.done;
      if (what !== 'ask') return again({ foretold });
      return orChanged({ request, reply, name }, async () => {
        const preview = await orFaults(async () => {
          const changes = writtenChanges(written, form);
          refuseFreeAudience(ctx.config, changes.audience);
          return previewEdit(ctx, name, { changes, version: seenVersion }, whileAsked(reply));
        });
        if ('faults' in preview) return again({ foretold, faults: preview.faults }, 400);
        const { changes, runs } = preview.done;
        if (changes.length === 0) return again({ foretold, faults: ['Every setting is as it is already.'] }, 400);
        const content = html`<form class="question" method="post" action="${campaignPath(name)}/edit">
<p><strong>Change ${plural(changes.length, 'setting')} of campaign ${name}?</strong> It counts from the next firing on that isn't decided yet.</p>
${changesTable(changes, choices)}${foretoldList(foretold)}${hiddenFields(written)}<input type="hidden" name="seenVersion" value="${seenVersion}">${goingList(runs)}
<p class="buttons"><button class="primary">Yes, save it</button> <button name="do" value="back" formaction="${campaignPath(name)}/edit/ask">No, change more</button> <a class="button" href="${campaignPath(name)}">Leave it</a></p></form>`;
        return show(request, reply, page(name, content));
      });
    },
  );

  app.post(
    '/campaigns/:name/edit/test',
    { schema: { params, body: editing }, config: { operator: true } },
    async (request, reply) => {
      const { name } = request.params;
      const { do: _, seenVersion, ...body } = request.body;
      const { turn } = await turnOf(request, reply, body);
      return showTest(ctx, turn, body.phoneNumber, (form, more) =>
        page(name, campaignForm(form, turn.choices, about(name, seenVersion, more))),
      );
    },
  );

  app.post('/campaigns/:name/edit', { schema: { params, body: saving } }, async (request, reply) => {
    const { name } = request.params;
    const { seenVersion: version, redo, ...given } = request.body;
    return orChanged({ request, reply, name }, async () => {
      const choices = await choicesOf(ctx);
      const { form } = await shownForm(ctx, name, choices);
      const written = writtenOf({ ...given, name }, form);
      const edited = await orFaults(async () => {
        const changes = writtenChanges(written, form);
        refuseFreeAudience(ctx.config, changes.audience);
        const options = { version, redo: redo === 'yes', by: request.actor.name };
        return editCampaign(ctx, name, changes, options, whileAsked(reply));
      });
      if ('faults' in edited)
        return show(request, reply.code(400), page(name, campaignForm(written, choices, about(name, version, edited))));
      const { version: saved, changes } = edited.done;
      return goTo(
        request,
        reply,
        campaignPath(name),
        changes.length === 0 ? 'It was like that already.' : `Saved as version ${saved}.`,
      );
    });
  });
}
