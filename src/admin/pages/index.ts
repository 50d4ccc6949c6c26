import type { Context } from '../../context.js';
import type { Access } from '../access/access.js';
import { addLoginPages } from '../access/login.js';
import type { OneTimeLink } from '../access/one-time-link.js';
import type { RefusedLogins } from '../access/refused-logins.js';
import { addSessionPages } from '../access/sessions.js';
import type { AdminApp } from '../app.js';
import { addCampaignEditPages } from '../campaigns/edit-pages.js';
import { addNewCampaignPages } from '../campaigns/new-page.js';
import { addCampaignRemoval } from '../campaigns/removal.js';
import { addCampaignVersionsPage } from '../campaigns/versions-page.js';
import { lookAtDesk } from '../desk.js';
import { addDraftPages } from '../drafts/drafts-page.js';
import { addStepForms } from '../drafts/step-forms.js';
import { addUploadForms } from '../drafts/upload-forms.js';
import { addApprovalChanges } from '../forms/approval-changes.js';
import { addBatchChanges } from '../forms/batch-changes.js';
import { addBulkChanges } from '../forms/bulk-changes.js';
import { addCampaignChanges } from '../forms/campaign-changes.js';
import { addForgetChanges } from '../forms/forget-changes.js';
import { addResendChanges } from '../forms/resend-changes.js';
import { addRunChanges } from '../forms/run-changes.js';
import { addStopChanges } from '../forms/stop-changes.js';
import { addSuppressionChanges } from '../forms/suppression-changes.js';
import { serveAssets } from '../html/assets.js';
import { addOpenIdLogin } from '../openid/login.js';
import { OpenIdProvider } from '../openid/provider.js';
import { addAccountPage } from '../people/account-page.js';
import { addInvitationPage } from '../people/invitation-page.js';
import { addUserPage } from '../people/user-page.js';
import { addUserTokenForms } from '../people/user-tokens.js';
import { addUsersPage } from '../people/users-page.js';
import { addAttentionPage } from './attention.js';
import { addAuditPage } from './audit.js';
import { addBatchPage } from './batch.js';
import { addCampaignPages } from './campaigns.js';
import { addHealthPage, type HealthCheck } from './health.js';
import { addRecipientPages } from './recipients.js';
import { addRunPage } from './run.js';
import { addRunDetails } from './run-details.js';
import { addRunPreview } from './run-preview.js';
import { addRunsPage } from './runs.js';
import { addSuppressionPages } from './suppressions.js';

type PageOptions = {
  access: Access;
  refused: RefusedLogins;
  checks: () => Promise<readonly HealthCheck[]>;
  link: OneTimeLink | undefined;
};

/** The pages that people work with. They stand in no OpenAPI document: the API is what programs are to use. */
export async function addPages(
  app: AdminApp,
  ctx: Context,
  { access, refused, checks, link }: PageOptions,
): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true };
  });
  await app.register(serveAssets);
  lookAtDesk(app, ctx);
  const { oidc, adminUrl } = ctx.config;
  const provider = oidc && adminUrl !== undefined ? new OpenIdProvider(oidc, adminUrl) : undefined;
  addLoginPages(app, ctx, { access, refused, link, provider });
  if (provider) addOpenIdLogin(app, ctx, { access, refused, provider });
  addAttentionPage(app, ctx);
  addStopChanges(app, ctx);
  addDraftPages(app, ctx);
  addStepForms(app, ctx);
  addUploadForms(app, ctx);
  addBulkChanges(app, ctx);
  addRunsPage(app, ctx);
  addRunPage(app, ctx);
  addRunChanges(app, ctx);
  addApprovalChanges(app, ctx);
  addResendChanges(app, ctx);
  addRunDetails(app, ctx);
  addRunPreview(app, ctx);
  addBatchPage(app, ctx);
  addBatchChanges(app, ctx);
  addCampaignPages(app, ctx);
  addCampaignChanges(app, ctx);
  addCampaignRemoval(app, ctx);
  addCampaignEditPages(app, ctx);
  addNewCampaignPages(app, ctx);
  addCampaignVersionsPage(app, ctx);
  addRecipientPages(app, ctx);
  addForgetChanges(app, ctx);
  addSuppressionPages(app, ctx);
  addSuppressionChanges(app, ctx);
  addAuditPage(app, ctx);
  addHealthPage(app, ctx, checks);
  addSessionPages(app, ctx);
  addUsersPage(app, ctx);
  addAccountPage(app, ctx, access);
  addUserPage(app, ctx);
  addUserTokenForms(app, ctx);
  addInvitationPage(app, ctx, refused);
}
