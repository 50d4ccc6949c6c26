import type { Context } from '../../context.js';
import {
  type CampaignView,
  fireCampaign,
  pauseCampaignNamed,
  resumeCampaignNamed,
  viewCampaign,
} from '../../pipeline/campaigns.js';
import { forecastFiringNow, startCounting } from '../../pipeline/forecast.js';
import { currentTime } from '../../store/database.js';
import { fireRequest } from '../api/requests.js';
import type { AdminApp } from '../app.js';
import { decidedAt } from '../decided-at.js';
import { goTo, show } from './answer.js';
import { campaignParams, campaignPath, countingWords } from './campaigns.js';
import { type Content, html } from './html.js';
import { question } from './parts.js';
import { forecastWords, time } from './words.js';

export function addCampaignChanges(app: AdminApp, ctx: Context): void {
  const asking = { schema: { params: campaignParams }, config: { operator: true } } as const;
  const doing = { schema: { params: campaignParams } } as const;

  app.get('/campaigns/:name/pause', asking, async (request, reply) => {
    const campaign = await viewCampaign(ctx, request.params.name);
    const next = campaign.nextAt !== null && html` It would have fired next ${time(campaign.nextAt)}.`;
    const text = html`Pause campaign ${campaign.name}? It does not fire until it is resumed, and what is due meanwhile is not made up for.${next} Runs that were started go on.`;
    return show(request, reply, page(campaign, 'Pause', ask(campaign, 'pause', text)));
  });
  app.post('/campaigns/:name/pause', doing, async (request, reply) => {
    await pauseCampaignNamed(ctx, request.params.name);
    return goTo(request, reply, campaignPath(request.params.name), 'Paused: it does not fire.');
  });

  app.get('/campaigns/:name/resume', asking, async (request, reply) => {
    const campaign = await viewCampaign(ctx, request.params.name);
    const text = `Let campaign ${campaign.name} fire again by its schedule, from now on? What was due while it was paused is not made up for.`;
    return show(request, reply, page(campaign, 'Resume', ask(campaign, 'resume', text)));
  });
  app.post('/campaigns/:name/resume', doing, async (request, reply) => {
    await resumeCampaignNamed(ctx, request.params.name);
    return goTo(request, reply, campaignPath(request.params.name), 'It fires again by its schedule.');
  });

  app.get('/campaigns/:name/fire', asking, async (request, reply) => {
    const campaign = await viewCampaign(ctx, request.params.name);
    const asOf = await currentTime(ctx.db);
    const counting = startCounting();
    const forecast = await forecastFiringNow(ctx, campaign.name, counting);
    const figures = forecast
      ? html`As its audience is now, ${countingWords(counting)} would be messaged: ${forecastWords(forecast)}.`
      : 'Its audience is a function of another program, so that nobody here can count it.';
    const text = html`<strong>Fire campaign ${campaign.name} now?</strong> ${figures} Its schedule goes on besides.`;
    const fields = html`<input type="hidden" name="asOf" value="${asOf.toISOString()}">`;
    return show(request, reply, page(campaign, 'Fire now', ask(campaign, 'fire', text, fields)));
  });
  app.post(
    '/campaigns/:name/fire',
    { schema: { params: campaignParams, body: fireRequest } },
    async (request, reply) => {
      // The same page posted twice is one firing.
      const { runId } = await fireCampaign(ctx, request.params.name, await decidedAt(ctx, request.body.asOf));
      return goTo(request, reply, `/runs/${runId}`, 'Fired: workers read its audience into this run.');
    },
  );
}

function ask({ name }: CampaignView, what: 'pause' | 'resume' | 'fire', text: Content, fields?: Content) {
  const path = campaignPath(name);
  return question({ text, fields, action: `${path}/${what}`, button: `Yes, ${what}`, back: path });
}

function page(campaign: CampaignView, name: string, content: Content) {
  return {
    title: `${name} · Campaign ${campaign.name}`,
    section: 'Campaigns',
    content: html`<p class="trail"><a href="/campaigns">Campaigns</a> <a href="${campaignPath(campaign.name)}">${campaign.name}</a></p><h1>${name}</h1>${content}`,
  };
}
