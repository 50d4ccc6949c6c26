import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { approvalSetting } from '../../domain/campaigns/approval-words.js';
import { audienceReadWords, firingWords } from '../../domain/campaigns/firing-words.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { describeRetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { describeCron } from '../../domain/schedules/day-schedule.js';
import { showDate } from '../../domain/schedules/skipped-dates.js';
import type { Template } from '../../domain/templates/template.js';
import { forecastCampaign, startCounting } from '../../pipeline/campaigns/forecast.js';
import { type CampaignView, viewCampaign, viewCampaigns } from '../../pipeline/campaigns/view-campaign.js';
import { type CampaignResults, viewCampaignResults } from '../../pipeline/views/view-results.js';
import { findTemplate } from '../../store/templates.js';
import type { FiringView } from '../../store/views/firing-views.js';
import type { MessageCounts } from '../../store/views/results.js';
import { audienceFor, mayChange, reasonOfFiringFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { type ForetoldFirings, nextFirings } from '../campaigns/next-firings.js';
import { show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { facts, table } from '../html/parts.js';
import { funnel, messageFailures, resultsByHour, shareOf } from '../html/results.js';
import { count, masked, templateWords, time } from '../html/words.js';

const firingsForetold = 5;

export const campaignParams = z.object({ name: z.string().max(400) });

export function campaignPath(name: string): string {
  return `/campaigns/${encodeURIComponent(name)}`;
}

export function addCampaignPages(app: AdminApp, ctx: Context): void {
  app.get('/campaigns', async (request, reply) => {
    const campaigns = await viewCampaigns(ctx);
    return show(request, reply, {
      title: 'Campaigns',
      section: 'Campaigns',
      content: html`<h1>Campaigns</h1>${mayChange(request.actor) && html`<p class="buttons"><a class="button" href="/new-campaign">New campaign</a></p>`}${
        campaigns.length === 0
          ? html`<p class="empty">There are no campaigns. <code>siaran campaign add</code> adds one.</p>`
          : table(
              'Campaigns',
              ['Campaign', 'Status', 'Next', 'Schedule', 'Audience', 'Latest'],
              campaigns.map((campaign) => [
                html`<a href="${campaignPath(campaign.name)}">${campaign.name}</a>`,
                statusMark(campaign),
                campaign.nextAt === null ? html`<span class="faint">none</span>` : time(campaign.nextAt),
                scheduleWords(campaign),
                mayChange(request.actor) ? shortAudience(campaign) : audienceFor(request.actor, campaign.audience),
                campaign.firings[0] ? latestWords(campaign.firings[0]) : html`<span class="faint">never fired</span>`,
              ]),
            )
      }`,
    });
  });

  app.get('/campaigns/:name', { schema: { params: campaignParams } }, async (request, reply) => {
    const campaign = await viewCampaign(ctx, request.params.name);
    return show(request, reply, await campaignPage(ctx, campaign, request.actor, undefined));
  });

  // Reads the whole audience, which may cost a database something: for those who may fire it too.
  app.get(
    '/campaigns/:name/audience',
    { schema: { params: campaignParams }, config: { operator: true } },
    async (request, reply) => {
      const campaign = await viewCampaign(ctx, request.params.name);
      const counting = startCounting();
      const firings = await forecastCampaign(ctx, campaign.name, firingsForetold, counting, whileAsked(reply));
      return show(request, reply, await campaignPage(ctx, campaign, request.actor, { counting, firings }));
    },
  );
}

async function campaignPage(ctx: Context, campaign: CampaignView, actor: Actor, foretold: ForetoldFirings | undefined) {
  const [results, template] = await Promise.all([
    viewCampaignResults(ctx, campaign.name),
    findTemplate(ctx.db, campaign.account, campaign.templateDetailId),
  ]);
  return {
    title: `Campaign ${campaign.name}`,
    section: 'Campaigns',
    content: html`<p class="trail"><a href="/campaigns">Campaigns</a></p><h1>${campaign.name}</h1>
<p>${statusMark(campaign)} ${campaign.nextAt !== null && html`<span>fires next ${time(campaign.nextAt)}</span>`}</p>
${campaign.pausedReason !== null && html`<ul class="concerns"><li class="bad"><h2>Siaran has paused it</h2><p class="words">${masked(campaign.pausedReason)}</p><p>Look at the template in WhatsApp Manager, then resume the campaign and its run.</p></li></ul>`}
${failing(campaign, actor)}${mayChange(actor) && buttons(campaign)}
<div class="pair"><section aria-labelledby="what"><h2 id="what">What it sends</h2>${settings(campaign, template, actor)}</section>
<section aria-labelledby="next"><h2 id="next">Next firings</h2>${nextFirings({ campaign, path: campaignPath(campaign.name), foretold }, actor)}</section></div>
<section aria-labelledby="results"><h2 id="results">What became of the messages</h2>${messages(results)}</section>
<section aria-labelledby="latest"><h2 id="latest">Latest firings</h2>${
      campaign.firings.length === 0
        ? html`<p class="empty">It was never fired.</p>`
        : table(
            'Latest firings',
            ['At', 'What became of it', 'Run', 'Version', 'Reason'],
            campaign.firings.map((firing) => [
              time(firing.at),
              firingWords(firing),
              firing.runId === null ? '' : html`<a href="/runs/${firing.runId}">${firing.runId}</a>`,
              String(firing.version),
              firing.reason === null ? '' : masked(reasonOfFiringFor(actor, firing.reason)),
            ]),
          )
    }</section>`,
  };
}

const firingsCompared = 50;

function messages(results: CampaignResults): Html {
  if (results.handedOver === 0) return html`<p class="empty">Nothing was handed over so far.</p>`;
  const cell = (of: MessageCounts, value: number) => ({
    content: html`${count(value)} <span class="faint">${shareOf(value, of.handedOver)}</span>`,
    number: true as const,
  });
  return html`${funnel(results)}${resultsByHour(results)}${messageFailures(results)}<h3>Firings side by side</h3>${table(
    'Firings side by side',
    ['Fired', 'Run', 'Handed over', 'Sent', 'Delivered', 'Read', 'Failed', 'Nothing told'],
    results.firings
      .slice(0, firingsCompared)
      .map((of) => [
        time(of.at),
        html`<a href="/runs/${of.runId}">${of.runId}</a>`,
        of.handedOver,
        ...[of.sent, of.delivered, of.read, of.failed, of.unanswered].map((value) => cell(of, value)),
      ]),
  )}`;
}

function buttons({ name, status }: CampaignView): Html {
  const path = campaignPath(name);
  const schedule =
    status === 'paused'
      ? html`<a class="button" href="${path}/resume">Resume</a> `
      : status === 'active' && html`<a class="button" href="${path}/pause">Pause</a> `;
  return html`<p class="buttons">${schedule}<a class="button" href="${path}/edit">Change</a> <a class="button" href="${path}/fire">Fire now</a> <a class="button danger" href="${path}/remove">Remove</a></p>`;
}

function settings(campaign: CampaignView, template: Template | undefined, actor: Actor): Html {
  const { prepareAheadMs, catchUp, columns } = campaign;
  return facts([
    ['Schedule', scheduleWords(campaign)],
    [
      'Skipped',
      [
        ...campaign.skipDates.map(showDate),
        ...(campaign.calendar === null ? [] : [`calendar ${campaign.calendar}`]),
      ].join(', '),
    ],
    ['Audience read', audienceReadWords(prepareAheadMs)],
    ['When missed', { skip: 'skipped', latest: 'the latest is made up for', all: 'all are made up for' }[catchUp]],
    ['Account', campaign.account === 'default' ? null : campaign.account],
    ['Template', templateWords(campaign.templateDetailId, template ? `${template.name}:${template.language}` : null)],
    ['Columns', columns.join(', ')],
    // A query may hold what isn't for everybody's eyes.
    [
      'Audience',
      mayChange(actor) ? html`<code class="words">${campaign.audience}</code>` : audienceFor(actor, campaign.audience),
    ],
    ['Limits', describeDelivery(campaign.delivery)],
    ['Approval', approvalSetting(campaign)],
    ['Sent again', campaign.retryAfterFailure && describeRetryAfterFailure(campaign.retryAfterFailure)],
    ['Added', time(campaign.createdAt)],
    ['Version', html`${versionWords(campaign)} <a href="${campaignPath(campaign.name)}/versions">all versions</a>`],
  ]);
}

function versionWords({ version, changedAt, changedBy }: CampaignView): Html {
  return html`${String(version)}, ${version === 1 ? 'added' : 'changed'} ${time(changedAt)}${changedBy !== null && html` by <span class="words">${changedBy}</span>`}`;
}

function failing({ failing: fails }: CampaignView, actor: Actor): Html | false {
  if (fails === null) return false;
  const reason = fails.reason === null ? 'nobody noted why' : masked(reasonOfFiringFor(actor, fails.reason));
  const told =
    fails.at === null
      ? html`<h2>Nobody fires it</h2><p class="words">It can't fire: ${reason}.</p>`
      : html`<h2>Its latest firing failed</h2><p class="words">${time(fails.at)}: ${reason}. Nobody was messaged by it.</p><p>Mend its audience, then fire it now, or wait for the next firing.</p>`;
  return html`<ul class="concerns"><li class="bad">${told}</li></ul>`;
}

function statusMark({ status, failing: fails }: CampaignView): Html {
  if (fails !== null)
    return html`<span class="mark bad">failing</span>${status !== 'active' && html` <span class="mark warn">${status}</span>`}`;
  return html`<span class="mark ${status === 'active' ? 'good' : status === 'paused' ? 'warn' : 'plain'}">${status}</span>`;
}

function scheduleWords({ schedule, timeZone }: CampaignView): Html {
  if (timeZone === null) return html`once, ${time(schedule)}`;
  const words = describeCron(schedule);
  return html`${words === schedule ? html`<code>${schedule}</code>` : html`<span title="${schedule}">${words}</span>`}, ${timeZone}`;
}

function shortAudience({ audience }: CampaignView): string {
  return showMasked(audience).slice(1, -1);
}

function latestWords(firing: FiringView): Html {
  const { at, runId } = firing;
  const words = firingWords(firing);
  return html`${time(at)} ${runId === null ? words : html`<a href="/runs/${runId}">${words}</a>`}`;
}
