import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { viewGoingRuns } from '../../pipeline/campaigns/going-runs.js';
import { removeCampaignNamed } from '../../pipeline/campaigns/remove-campaign.js';
import { stateOf } from '../../store/states.js';
import type { AdminApp } from '../app.js';
import { goTo, show } from '../forms/answer.js';
import { orMoved, seenForm } from '../forms/as-seen.js';
import { html } from '../html/html.js';
import { question } from '../html/parts.js';
import { plural, recipients } from '../html/words.js';
import { campaignParams, campaignPath } from '../pages/campaigns.js';

/** A campaign is removed, after a question that names what of it still goes out. */
export function addCampaignRemoval(app: AdminApp, ctx: Context): void {
  const schema = { params: campaignParams };
  const ask = async (request: FastifyRequest, reply: FastifyReply, name: string, refusal?: string) => {
    // Before what it is about: what changes in between is noticed then.
    const state = await stateOf(ctx.db, 'campaign', name);
    const runs = await viewGoingRuns(ctx, name);
    const people = runs.reduce((sum, run) => sum + run.recipients, 0);
    const going = html`<p>${plural(runs.length, 'run')} of it, for ${recipients(people)}, still ${runs.length === 1 ? 'goes' : 'go'} out: ${runs.map(({ runId }) => html`<a href="/runs/${runId}">${runId}</a> `)}</p><p><label class="check"><input type="checkbox" name="cancelRuns" value="true"> Cancel what of that isn't handed over</label></p>`;
    const path = campaignPath(name);
    const asked = question({
      text: html`<strong>Remove campaign ${name}?</strong> It doesn't fire any more. Its runs and results stay.`,
      fields: runs.length > 0 && going,
      ...{ state, action: `${path}/remove`, button: 'Yes, remove it', back: path, danger: true },
    });
    return show(request, reply, {
      title: `Remove · Campaign ${name}`,
      section: 'Campaigns',
      refusal,
      content: html`<p class="trail"><a href="/campaigns">Campaigns</a> <a href="${path}">${name}</a></p><h1>Remove</h1>${asked}`,
    });
  };

  app.get('/campaigns/:name/remove', { schema, config: { operator: true } }, (request, reply) =>
    ask(request, reply, request.params.name),
  );

  const body = z.object({ ...seenForm, cancelRuns: z.literal('true').optional() });
  app.post('/campaigns/:name/remove', { schema: { ...schema, body } }, async (request, reply) => {
    const { name } = request.params;
    const { cancelRuns, ifState } = request.body;
    const removed = await orMoved(removeCampaignNamed(ctx, name, { cancelRuns: cancelRuns === 'true', ifState }));
    if (removed instanceof ChangedMeanwhileError) return ask(request, reply.code(409), name, removed.message);
    const { runs, jobs = [] } = removed;
    const what = runs.length === 0 ? '' : ` ${plural(runs.length, 'run')} ${cancelRuns ? 'cancelled.' : 'still out.'}`;
    const there = jobs.length === 0 ? '' : ` ${plural(jobs.length, 'job')} can only be cancelled at Qiscus.`;
    return goTo(request, reply, '/campaigns', `Removed.${what}${there}`);
  });
}
