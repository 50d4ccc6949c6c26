import * as z from 'zod';
import type { Context } from '../../context.js';
import { CampaignExistsError, UsageError } from '../../errors.js';
import { addCampaign } from '../../pipeline/campaigns/campaigns.js';
import { previewAdd } from '../../pipeline/campaigns/preview-change.js';
import { refuseFreeAudience } from '../api/free-audience.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { goTo, show } from '../forms/answer.js';
import { type Content, html } from '../html/html.js';
import { campaignPath } from '../pages/campaigns.js';
import { choicesOf, foretellWritten, orFaults, settingsTable, withColumns } from './asking.js';
import { emptyForm } from './fill-form.js';
import { campaignForm, foretoldList, hiddenFields } from './form-fields.js';
import { chosenIn, lookFields } from './look.js';
import { asks, shownLook, showTest, turnForm } from './look-turn.js';
import { campaignFields, writtenOf, writtenRequest } from './read-form.js';

const path = '/new-campaign';
const asking = z
  .object({ ...campaignFields, ...lookFields, do: z.enum(asks).default('ask') })
  .catchall(z.string().max(2_000));
const about = { path, back: '/campaigns' };

/** A campaign is added on a form; before that, a page says what it will be. */
export function addNewCampaignPages(app: AdminApp, ctx: Context): void {
  const page = (content: Content) => ({
    title: 'New campaign',
    section: 'Campaigns',
    scripts: ['campaign.js'],
    content: html`<p class="trail"><a href="/campaigns">Campaigns</a></p><h1>New campaign</h1>${content}`,
  });

  app.get(path, { config: { operator: true } }, async (request, reply) => {
    const choices = await choicesOf(ctx);
    const [account = 'default'] = choices.accounts;
    return show(request, reply, page(campaignForm({ ...emptyForm, account }, choices, about)));
  });

  app.post(
    `${path}/ask`,
    { schema: { body: asking }, config: { operator: true, looks: true } },
    async (request, reply) => {
      const { do: what, ...body } = request.body;
      const { given, chosen } = chosenIn(body);
      const choices = await choicesOf(ctx);
      const sent = withColumns(writtenOf(given, emptyForm), choices);
      const turn = { request, reply, written: sent, choices, chosen, path };
      const turned = await turnForm(ctx, turn, what);
      const { written, look, isLook } = 'faults' in turned ? { written: sent, look: undefined, isLook: true } : turned;
      const told = await orFaults(() => foretellWritten(ctx, written));
      const foretold = 'done' in told ? told.done : undefined;
      const shown = { ...about, foretold, look: look && shownLook(ctx, turn, { written, look }) };
      const again = (faults: readonly string[] = []) =>
        show(
          request,
          reply.code(faults.length > 0 ? 400 : 200),
          page(campaignForm(written, choices, { ...shown, faults })),
        );
      if ('faults' in turned) return again(turned.faults);
      // Whoever looks at the audience may not have come to the schedule so far.
      if (isLook) return again();
      if ('faults' in told) return again(told.faults);
      if (what !== 'ask') return again();
      const read = await orFaults(() => {
        refuseFreeAudience(ctx.config, written.audience);
        return previewAdd(ctx, writtenRequest(written), whileAsked(reply));
      });
      if ('faults' in read) return again(read.faults);
      const content = html`<form class="question" method="post" action="${path}">
<p><strong>Start campaign ${read.done.name}?</strong> Workers fire it by its schedule from now on.</p>
${foretoldList(told.done)}${settingsTable(read.done, choices)}${hiddenFields(written)}
<p class="buttons"><button class="primary">Yes, start it</button> <button name="do" value="back" formaction="${path}/ask">No, change more</button> <a class="button" href="/campaigns">Leave it</a></p></form>`;
      return show(request, reply, page(content));
    },
  );

  app.post(`${path}/test`, { schema: { body: asking }, config: { operator: true } }, async (request, reply) => {
    const { do: _, ...body } = request.body;
    const { given, chosen } = chosenIn(body);
    const choices = await choicesOf(ctx);
    const written = withColumns(writtenOf(given, emptyForm), choices);
    return showTest(ctx, { request, reply, written, choices, chosen, path }, body.phoneNumber, (form, more) =>
      page(campaignForm(form, choices, { ...about, ...more })),
    );
  });

  app.post(path, { schema: { body: z.object(campaignFields) } }, async (request, reply) => {
    const written = writtenOf(request.body, emptyForm);
    const added = await orFaults(async () => {
      refuseFreeAudience(ctx.config, written.audience);
      return addCampaign(ctx, writtenRequest(written), { by: request.actor.name }, whileAsked(reply)).catch(nameTaken);
    });
    if ('faults' in added)
      return show(
        request,
        reply.code(400),
        page(campaignForm(written, await choicesOf(ctx), { ...about, faults: added.faults })),
      );
    const told = added.done.existed ? 'There is this campaign already; nothing was changed.' : 'Started.';
    return goTo(request, reply, campaignPath(added.done.name), told);
  });
}

/** Another campaign of the name is shown beside what was written. */
function nameTaken(error: unknown): never {
  if (error instanceof CampaignExistsError) throw new UsageError(error.message, { cause: error });
  throw error;
}
