import type { AudienceFunction } from '../audience/open-audience.js';
import type { CampaignRequest } from '../domain/campaigns/campaign.js';
import type { CampaignChanges } from '../domain/campaigns/campaign-changes.js';
import { show } from '../domain/delivery/delivery.js';
import { isLabel } from '../domain/runs/label.js';
import { UsageError } from '../errors.js';
import { audited } from '../pipeline/audited.js';
import {
  type AddedCampaign,
  type AddOptions,
  addCampaign,
  type FiredCampaign,
  fireCampaign,
  pauseCampaignNamed,
  resumeCampaignNamed,
} from '../pipeline/campaigns/campaigns.js';
import { type EditedCampaign, type EditOptions, editCampaign } from '../pipeline/campaigns/edit-campaign.js';
import { forecastCampaign, type NextFiring } from '../pipeline/campaigns/forecast.js';
import {
  type RemovedCampaign,
  type RemoveOptions,
  removeCampaignNamed,
} from '../pipeline/campaigns/remove-campaign.js';
import {
  type CampaignVersionView,
  type CampaignView,
  viewCampaign,
  viewCampaigns,
  viewCampaignVersions,
} from '../pipeline/campaigns/view-campaign.js';
import { type CampaignResults, viewCampaignResults } from '../pipeline/views/view-results.js';
import { TemplateCalls } from './siaran-templates.js';

/** The calls of `Siaran` that are about campaigns. */
export abstract class CampaignCalls extends TemplateCalls {
  /**
   * Adds a campaign: workers start a run of it whenever its schedule says so. The same campaign again changes nothing.
   * @throws {UsageError} that names each wrong setting. @throws {CampaignExistsError} when the name has other settings.
   */
  addCampaign(request: CampaignRequest, options?: AddOptions): Promise<AddedCampaign> {
    const act = { action: 'campaign add', target: String(request.name), by: options?.by } as const;
    return audited(this.ctx, act, () => addCampaign(this.ctx, request, options));
  }

  /**
   * Gives a campaign other settings, as a new version that counts from the next instant on that isn't decided yet. What isn't named
   * stays as it is; `null` takes a setting away.
   * @throws {NotFoundError} @throws {UsageError} that names each wrong setting. @throws {CampaignChangedError} when it isn't the `version`
   * that the caller saw. @throws {SiaranError} `TOO_LATE_TO_REDO` when all that it has fired is handed over, `STILL_GOES_OUT` when
   * its single instant would be moved while its run goes out; nothing is changed then.
   */
  editCampaign(name: string, changes: CampaignChanges, options?: EditOptions): Promise<EditedCampaign> {
    return editCampaign(this.ctx, name, changes, options);
  }

  /** A campaign's versions, the latest first, and what each changed. @throws {NotFoundError} */
  campaignVersions(name: string): Promise<CampaignVersionView[]> {
    return viewCampaignVersions(this.ctx, name);
  }

  /** All campaigns by name. */
  campaigns(): Promise<CampaignView[]> {
    return viewCampaigns(this.ctx);
  }

  /** A campaign as it stands. @throws {NotFoundError} */
  campaign(name: string): Promise<CampaignView> {
    return viewCampaign(this.ctx, name);
  }

  /** What became of the messages of all of a campaign's runs, and of each firing. @throws {NotFoundError} */
  campaignResults(name: string): Promise<CampaignResults> {
    return viewCampaignResults(this.ctx, name);
  }

  /** What a campaign's next firings would come to if its audience stayed as it is, which is read for it. @throws {NotFoundError} */
  forecastCampaign(name: string, count = 5): Promise<NextFiring[]> {
    return forecastCampaign(this.ctx, name, count);
  }

  /** Stops a campaign's schedule; runs that were started go on. @throws {NotFoundError} */
  pauseCampaign(name: string): Promise<void> {
    return audited(this.ctx, { action: 'campaign pause', target: name }, () => pauseCampaignNamed(this.ctx, name));
  }

  /** Lets a paused campaign's schedule count again, from now on. @throws {NotFoundError} */
  resumeCampaign(name: string): Promise<void> {
    return audited(this.ctx, { action: 'campaign resume', target: name }, () => resumeCampaignNamed(this.ctx, name));
  }

  /** Starts a run of a campaign now, whatever its schedule says. @throws {NotFoundError} */
  fireCampaign(name: string): Promise<FiredCampaign> {
    return audited(this.ctx, { action: 'campaign fire', target: name, isPatient: true }, () =>
      fireCampaign(this.ctx, name),
    );
  }

  /**
   * Registers where the recipients of campaigns with the audience `function:NAME` come from. Register before `work` is
   * called; it is called where that runs, once for each firing, and again if the worker died. @throws {UsageError}
   */
  registerAudience(name: string, recipients: AudienceFunction): void {
    if (!isLabel(name))
      throw new UsageError(
        `name is ${show(name)}; the name of an audience is a text of 1 to 200 characters in one line.`,
      );
    // Otherwise it is noticed only when a campaign fires.
    if (typeof recipients !== 'function')
      throw new UsageError(
        `recipients is ${show(recipients)}; it is a function that gives the recipients, such as async function* () { yield { phone_number: '6281234567890' }; }.`,
      );
    this.ctx.audienceFunctions.set(name, recipients);
  }

  /**
   * Removes a campaign. Its runs stay; those that were started go on and are named, unless they are cancelled with it. What it has
   * decided about isn't fired again by another campaign of its name. @throws {NotFoundError}
   */
  removeCampaign(name: string, options?: RemoveOptions): Promise<RemovedCampaign> {
    return audited(this.ctx, { action: 'campaign remove', target: name, isPatient: true, detail: options }, () =>
      removeCampaignNamed(this.ctx, name, options),
    );
  }
}
