import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { wordVersions } from '../../pipeline/campaigns/preview-change.js';
import { audienceFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { show } from '../forms/answer.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { masked, time } from '../html/words.js';
import { campaignParams, campaignPath } from '../pages/campaigns.js';

/** Who changed what of a campaign, and when. */
export function addCampaignVersionsPage(app: AdminApp, ctx: Context): void {
  app.get('/campaigns/:name/versions', { schema: { params: campaignParams } }, async (request, reply) => {
    const { name } = request.params;
    return show(request, reply, {
      title: `Versions · Campaign ${name}`,
      section: 'Campaigns',
      content: html`<p class="trail"><a href="/campaigns">Campaigns</a> <a href="${campaignPath(name)}">${name}</a></p><h1>Versions</h1>
<section aria-label="Versions">${await versionsTable(ctx, request.actor, name)}</section>`,
    });
  });
}

/** A campaign's versions, the latest first, each with what it changed in words. */
export async function versionsTable(ctx: Context, actor: Actor, name: string): Promise<Html> {
  const versions = await wordVersions(ctx, name, (audience) => masked(audienceFor(actor, audience)));
  return table(
    'Versions',
    ['Version', 'When', 'Who', 'What was changed'],
    versions.map(({ version, at, by, changes }) => [
      String(version),
      time(at),
      by === null ? html`<span class="faint">not known</span>` : html`<span class="words">${by}</span>`,
      changes.length === 0
        ? html`<span class="faint">${version === 1 ? 'it was added' : 'nothing'}</span>`
        : html`<ul class="words">${changes.map(
            ({ what, was, is }) => html`<li>${what}: ${masked(was)} → <strong>${masked(is)}</strong></li>`,
          )}</ul>`,
    ]),
  );
}
