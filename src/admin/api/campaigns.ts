import * as z from 'zod';
import type { Actor } from '../../config/admin-token.js';
import { actingAs, type Context } from '../../context.js';
import type { CampaignRequest } from '../../domain/campaigns/campaign.js';
import type { CampaignChanges } from '../../domain/campaigns/campaign-changes.js';
import { CampaignChangedError } from '../../errors.js';
import {
  addCampaign,
  fireCampaign,
  pauseCampaignNamed,
  resumeCampaignNamed,
} from '../../pipeline/campaigns/campaigns.js';
import { editCampaign } from '../../pipeline/campaigns/edit-campaign.js';
import { forecastCampaign, startCounting } from '../../pipeline/campaigns/forecast.js';
import { removeCampaignNamed } from '../../pipeline/campaigns/remove-campaign.js';
import {
  type CampaignView,
  viewCampaign,
  viewCampaigns,
  viewCampaignVersions,
} from '../../pipeline/campaigns/view-campaign.js';
import { viewCampaignResults } from '../../pipeline/views/view-results.js';
import { stateOf } from '../../store/states.js';
import { audienceFor, reasonOfFiringFor } from '../access/roles.js';
import type { AdminApp } from '../app.js';
import { whileAsked } from '../asker.js';
import { ifState, ifStateBody, orCurrent } from '../forms/as-seen.js';
import { decidedAt } from '../forms/decided-at.js';
import { problemOf, sendProblem } from '../problem.js';
import * as campaignSchemas from '../schemas/campaign.js';
import { campaignResults } from '../schemas/result.js';
import * as schemas from '../schemas/run.js';
import { campaignRequest, editRequest, fireRequest } from './asked/requests.js';
import { refuseFreeAudience } from './free-audience.js';

const params = z.object({ name: z.string().max(200) });

/** Campaigns: what is sent again and again, on a schedule. */
export function addCampaignRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['campaigns'];
  const one = { 200: campaignSchemas.campaignView };
  const current = async (name: string, actor: Actor) => {
    // Before what it is about: what changes in between is noticed then.
    const state = await stateOf(ctx.db, 'campaign', name);
    return { ...shownTo(actor, await viewCampaign(ctx, name)), state };
  };

  app.get(
    '/campaigns',
    {
      schema: {
        tags,
        operationId: 'listCampaigns',
        summary: 'All campaigns by name',
        response: { 200: z.array(campaignSchemas.campaignView) },
      },
    },
    async ({ actor }) => (await viewCampaigns(ctx)).map((campaign) => shownTo(actor, campaign)),
  );

  app.post(
    '/campaigns',
    {
      schema: {
        tags,
        operationId: 'addCampaign',
        summary: 'Add a campaign; the same one again changes nothing',
        body: campaignRequest,
        response: { 200: campaignSchemas.addedCampaign, 201: campaignSchemas.addedCampaign },
      },
    },
    async ({ body: { again, ...request }, actor }, reply) => {
      refuseFreeAudience(ctx.config, request.audience);
      const added = await addCampaign(ctx, request as CampaignRequest, { again, by: actor.name }, whileAsked(reply));
      return reply.code(added.existed ? 200 : 201).send(added);
    },
  );

  app.get(
    '/campaigns/:name',
    {
      schema: {
        tags,
        operationId: 'getCampaign',
        summary: 'A campaign and its latest firings',
        params,
        response: { 200: campaignSchemas.campaignView.extend(schemas.campaignState) },
      },
    },
    ({ params: { name }, actor }) => current(name, actor),
  );

  app.patch(
    '/campaigns/:name',
    {
      schema: {
        tags,
        operationId: 'editCampaign',
        summary: 'Change some of its settings, from the next firing on that is not decided',
        description:
          'Settings that are not named stay; `null` removes one. Runs that are fired already go out with the old settings, unless `redo` fires them again.',
        params,
        body: editRequest,
        response: { 200: campaignSchemas.editedCampaign },
      },
    },
    async ({ params: { name }, body: { version, redo, ...changes }, actor }, reply) => {
      refuseFreeAudience(ctx.config, changes.audience);
      try {
        const options = { version, redo, by: actor.name };
        return await editCampaign(ctx, name, changes as CampaignChanges, options, whileAsked(reply));
      } catch (error) {
        if (!(error instanceof CampaignChangedError)) throw error;
        return sendProblem(reply, { ...problemOf(error), current: await viewCampaign(ctx, name) });
      }
    },
  );

  app.get(
    '/campaigns/:name/versions',
    {
      schema: {
        tags,
        operationId: 'listCampaignVersions',
        summary: 'Its versions, the latest first, and what each changed',
        params,
        response: { 200: z.array(campaignSchemas.campaignVersion) },
      },
    },
    ({ params: { name } }) => viewCampaignVersions(ctx, name),
  );

  app.get(
    '/campaigns/:name/results',
    {
      schema: {
        tags,
        operationId: 'getCampaignResults',
        summary: 'What became of the messages of all its runs, and of each firing',
        params,
        response: { 200: campaignResults },
      },
    },
    ({ params: { name } }) => viewCampaignResults(ctx, name),
  );

  app.get(
    '/campaigns/:name/next',
    {
      config: { operator: true },
      schema: {
        tags,
        operationId: 'forecastCampaign',
        summary: 'Forecast its next firings; it reads the audience as it is now, so only operators may',
        params,
        querystring: z.object({ count: z.coerce.number().int().min(1).max(100).default(5) }),
        response: { 200: z.array(campaignSchemas.nextFiring) },
      },
    },
    ({ params: { name }, query: { count } }, reply) =>
      forecastCampaign(ctx, name, count, startCounting(), whileAsked(reply)),
  );

  app.post(
    '/campaigns/:name/fire',
    {
      schema: {
        tags,
        operationId: 'fireCampaign',
        summary: 'Start a run of it now',
        description:
          'The same request with the same `asOf` gives the same run, so that repeating it after a lost answer messages nobody twice.',
        params,
        body: fireRequest,
        response: { 201: z.object({ runId: z.string() }) },
      },
    },
    async ({ params: { name }, body: { asOf, ifState: seen }, actor }, reply) => {
      const at = await decidedAt(ctx, asOf);
      const fired = fireCampaign(actingAs(ctx, actor.name), name, at, { ifState: seen });
      return reply.code(201).send(await orCurrent(fired, () => current(name, actor)));
    },
  );

  const changes = {
    pause: ['Stop its schedule; runs that were started go on', pauseCampaignNamed],
    resume: ['Let its schedule count again, from now on', resumeCampaignNamed],
  } as const;
  for (const [what, [summary, act]] of Object.entries(changes))
    app.post(
      `/campaigns/:name/${what}`,
      { schema: { tags, operationId: `${what}Campaign`, summary, params, body: ifStateBody, response: one } },
      ({ params: { name }, body, actor }) => {
        const done = act(ctx, name, { ifState: body?.ifState }).then(() => viewCampaign(ctx, name));
        return orCurrent(done, () => current(name, actor));
      },
    );

  app.delete(
    '/campaigns/:name',
    {
      schema: {
        tags,
        operationId: 'removeCampaign',
        summary: 'Remove it; its runs stay',
        description:
          'Answers 204 if none of its runs goes out any more, otherwise 200 with those that do. `cancelRuns=true` cancels them; `jobs` are those that can only be cancelled at Qiscus.',
        params,
        querystring: z.object({ cancelRuns: z.enum(['true', 'false']).optional(), ...ifState }),
        response: { 200: campaignSchemas.removedCampaign, 204: z.null() },
      },
    },
    async ({ params: { name }, query: { cancelRuns, ifState: seen }, actor }, reply) => {
      const removal = { cancelRuns: cancelRuns === 'true', ifState: seen };
      const removing = removeCampaignNamed(ctx, name, removal);
      const removed = await orCurrent(removing, () => current(name, actor));
      return removed.runs.length === 0 ? reply.code(204).send(null) : reply.code(200).send(removed);
    },
  );
}

/** A query, and what Postgres says of it, may hold what isn't for everybody's eyes. */
function shownTo(actor: Actor, campaign: CampaignView): CampaignView {
  const shown = <T extends { reason: string | null }>(of: T): T => ({
    ...of,
    reason: of.reason === null ? null : reasonOfFiringFor(actor, of.reason),
  });
  const { audience, failing, firings } = campaign;
  return {
    ...campaign,
    audience: audienceFor(actor, audience),
    failing: failing && shown(failing),
    firings: firings.map(shown),
  };
}
