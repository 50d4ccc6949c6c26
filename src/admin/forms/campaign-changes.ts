import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { actingAs, type Context } from '../../context.js';
import { ChangedMeanwhileError } from '../../errors.js';
import { fireCampaign, pauseCampaignNamed, resumeCampaignNamed } from '../../pipeline/campaigns/campaigns.js';
import { whySkippedAt } from '../../pipeline/campaigns/coming-firings.js';
import { forecastFiringNow, startCounting } from '../../pipeline/campaigns/forecast.js';
import { type CampaignView, viewCampaign } from '../../pipeline/campaigns/view-campaign.js';
import { currentTime } from '../../store/postgres/database.js';
import { stateOf } from '../../store/states.js';
import { fireRequest } from '../api/asked/requests.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { countingWords } from '../campaigns/next-firings.js';
import { type Content, html } from '../html/html.js';
import { question } from '../html/parts.js';
import { forecastWords, time } from '../html/words.js';
import { campaignParams, campaignPath } from '../pages/campaigns.js';
import { goTo, show } from './answer.js';
import { orMoved, seenForm } from './as-seen.js';
import { decidedAt } from './decided-at.js';

type What = 'pause' | 'resume' | 'fire';

const names: Record<What, string> = { pause: 'Pause', resume: 'Resume', fire: 'Fire now' };

/** Each change is asked for on a page that says what it will do, and then done, if the campaign is still the one that was shown. */
export function addCampaignChanges(app: AdminApp, ctx: Context): void {
  const asking = { schema: { params: campaignParams }, config: { operator: true } } as const;
  const change = (what: What, texts: (campaign: CampaignView, signal: AbortSignal) => Asked | Promise<Asked>) => {
    const askFor = async (request: FastifyRequest, reply: FastifyReply, name: string, refusal?: string) => {
      // Before what it is about: what changes in between is noticed then.
      const state = await stateOf(ctx.db, 'campaign', name);
      const campaign = await viewCampaign(ctx, name);
      const { text, fields } = await texts(campaign, whileAsked(reply));
      const path = campaignPath(name);
      const asked = question({ text, fields, state, action: `${path}/${what}`, button: `Yes, ${what}`, back: path });
      return show(request, reply, { ...page(campaign, names[what], asked), refusal });
    };
    app.get(`/campaigns/:name/${what}`, asking, (request, reply) => askFor(request, reply, request.params.name));
    return askFor;
  };

  const askForPause = change('pause', (campaign) => {
    const next = campaign.nextAt !== null && html` It would have fired next ${time(campaign.nextAt)}.`;
    return {
      text: html`Pause campaign ${campaign.name}? It does not fire until it is resumed. Firings that are due until then are skipped.${next} Runs that were started go on.`,
    };
  });
  const askForResume = change('resume', (campaign) => ({
    text: `Let campaign ${campaign.name} fire again by its schedule, from now on? Firings that were due while it was paused are skipped.`,
  }));
  const schedule = [
    ['pause', pauseCampaignNamed, askForPause, 'Paused: it does not fire.'],
    ['resume', resumeCampaignNamed, askForResume, 'It fires again by its schedule.'],
  ] as const;
  for (const [what, act, askFor, told] of schedule)
    app.post(
      `/campaigns/:name/${what}`,
      { schema: { params: campaignParams, body: z.object(seenForm) } },
      async (request, reply) => {
        const { name } = request.params;
        const done = await orMoved(act(ctx, name, request.body));
        if (done instanceof ChangedMeanwhileError) return askFor(request, reply.code(409), name, done.message);
        return goTo(request, reply, campaignPath(name), told);
      },
    );

  const askForFiring = change('fire', async (campaign, signal) => {
    const asOf = await currentTime(ctx.db);
    const counting = startCounting();
    const forecast = await forecastFiringNow(ctx, campaign.name, counting, signal);
    const figures = forecast
      ? html`As its audience is now, ${countingWords(counting)} would be messaged: ${forecastWords(forecast)}.`
      : 'Its audience is a function of another program, and only that program can count it.';
    const skipped = await whySkippedAt(ctx, campaign.name, asOf);
    const today = skipped === null ? '' : `Its schedule fires nothing today (${skipped}). `;
    return {
      text: html`<strong>Fire campaign ${campaign.name} now?</strong> ${figures} ${today}Its schedule goes on as before.`,
      fields: html`<input type="hidden" name="asOf" value="${asOf.toISOString()}">`,
    };
  });
  app.post(
    '/campaigns/:name/fire',
    { schema: { params: campaignParams, body: fireRequest.extend(seenForm) } },
    async (request, reply) => {
      const { name } = request.params;
      // The same page posted twice is one firing.
      const at = await decidedAt(ctx, request.body.asOf);
      const fired = await orMoved(fireCampaign(actingAs(ctx, request.actor.name), name, at, request.body));
      if (fired instanceof ChangedMeanwhileError) return askForFiring(request, reply.code(409), name, fired.message);
      return goTo(request, reply, `/runs/${fired.runId}`, 'Fired: workers read its audience into this run.');
    },
  );
}

type Asked = { text: Content; fields?: Content };

function page(campaign: CampaignView, name: string, content: Content) {
  return {
    title: `${name} · Campaign ${campaign.name}`,
    section: 'Campaigns',
    content: html`<p class="trail"><a href="/campaigns">Campaigns</a> <a href="${campaignPath(campaign.name)}">${campaign.name}</a></p><h1>${name}</h1>${content}`,
  };
}
