import { parseConfig } from './config/config.js';
import type { Environment } from './config/environment.js';
import { type Context, openContext } from './context.js';
import { addressesOf, checkOwn, isRedisOverTls, type OwnClients } from './library/own-clients.js';
import { Siaran } from './library/siaran.js';
import { tellServiceErrors } from './library/siaran-errors.js';

export type { AudienceFunction } from './audience/open-audience.js';
export type { Environment } from './config/environment.js';
export type { CampaignRequest } from './domain/campaigns/campaign.js';
export type { CampaignChanges } from './domain/campaigns/campaign-changes.js';
export type { CatchUp } from './domain/campaigns/firing.js';
export type { Forecast } from './domain/campaigns/forecast.js';
export type { ButtonParam } from './domain/columns/button-params.js';
export type { Delivery, DeliveryRequest, Limit } from './domain/delivery/delivery.js';
export type { DraftState } from './domain/drafts/draft-states.js';
export type { Cost } from './domain/prices/prices.js';
export type { ColumnValue, Recipient } from './domain/recipients/recipient.js';
export type { LeftOutReason } from './domain/resending/resend.js';
export type { RetryAfterFailure, RetryAfterFailureRequest } from './domain/resending/retry-after-failure.js';
export type { BatchStatus } from './domain/runs/batch.js';
export type { RunHoldKind, RunOutcome, RunStatus } from './domain/runs/run.js';
export type { Separator } from './domain/runs/sending.js';
export type { Evidence } from './domain/statuses/evidence.js';
export type { RenderedMessage } from './domain/templates/render-message.js';
export type { Template, TemplateButton, TemplateHeader, TemplateTexts } from './domain/templates/template.js';
export type { MovedBy } from './domain/timing/batch-start.js';
export {
  AudienceError,
  CampaignChangedError,
  CampaignExistsError,
  ChangedMeanwhileError,
  IntakeLostError,
  KeyConflictError,
  NotFoundError,
  RefusedError,
  type RunStateCode,
  RunStateError,
  SiaranError,
  UnavailableError,
  UnconfirmedError,
  UsageError,
} from './errors.js';
export type { Broadcast, BroadcastRequest } from './library/broadcast.js';
export type { OwnClients } from './library/own-clients.js';
export type { Siaran, Workers } from './library/siaran.js';
export type { OwnLogger } from './logger.js';
export type { Approved } from './pipeline/approval/approve.js';
export type { ApprovalView } from './pipeline/approval/view-approval.js';
export type { AddedCampaign, AddOptions, FiredCampaign } from './pipeline/campaigns/campaigns.js';
export type { EditedCampaign, EditOptions } from './pipeline/campaigns/edit-campaign.js';
export type { NextFiring } from './pipeline/campaigns/forecast.js';
export type { GoingRun } from './pipeline/campaigns/going-runs.js';
export type { Redone } from './pipeline/campaigns/redo-runs.js';
export type { RemovedCampaign, RemoveOptions } from './pipeline/campaigns/remove-campaign.js';
export type { CampaignVersionView, CampaignView } from './pipeline/campaigns/view-campaign.js';
export type {
  Draft,
  DraftChanges,
  DraftCheck,
  DraftPlan,
  DraftSettings,
  DraftSource,
  DraftTemplate,
  SeenDraft,
} from './pipeline/drafts/draft.js';
export type { ConfirmedDraft, ConfirmOptions, NewDraft } from './pipeline/drafts/make-draft.js';
export type { ClosedSource } from './pipeline/intake/close-source.js';
export type { Enqueued, EnqueueOptions, Recipients } from './pipeline/intake/enqueue.js';
export type { Transaction } from './pipeline/intake/enqueue-in.js';
export type { MessageRequest, MessageView } from './pipeline/intake/send-message.js';
export type { RunId, RunRequest, StartedRun } from './pipeline/intake/start-run.js';
export type { RowGroup } from './pipeline/lists/survey-rows.js';
export type { BulkCount, BulkFound, BulkRefusal, BulkRequest, BulkResult } from './pipeline/operating/bulk.js';
export type { TooLate } from './pipeline/operating/bulk-too-late.js';
export type { ForgetOptions, ForgottenEverywhere } from './pipeline/operating/forget.js';
export type { EmptiedDraft } from './pipeline/operating/forget-lists.js';
export type { Cancellation, Interruption, Share } from './pipeline/operating/pause.js';
export type { LedgerRepair } from './pipeline/operating/repair-ledger.js';
export type { Resolved, ResolveOptions } from './pipeline/operating/resolve.js';
export type { Retried } from './pipeline/operating/retry.js';
export type { Stopped, StopRequest, WentOn } from './pipeline/operating/stop.js';
export type { PhoneNumbers, Suppressed, SuppressOptions, Unsuppressed } from './pipeline/operating/suppress.js';
export type { Verification } from './pipeline/operating/verify.js';
export type { NoticeBody } from './pipeline/reconcile/notice-body.js';
export type { ResendRequest, Resent } from './pipeline/resending/resend.js';
export type { NewTemplate } from './pipeline/templates/add-template.js';
export type { TemplateQuery } from './pipeline/templates/list-templates.js';
export type { TestSendRequest, TestSent } from './pipeline/test-sends/test-send.js';
export type { Attention, AttentionKind, StatusView } from './pipeline/views/attention.js';
export type { RecipientView } from './pipeline/views/find-recipient.js';
export type { RejectionView } from './pipeline/views/list-rejections.js';
export type { Preview, PreviewRequest } from './pipeline/views/preview.js';
export type { AuditQuery, AuditView } from './pipeline/views/view-audit.js';
export type {
  CampaignResults,
  FiringResults,
  MessageFailure,
  MessageResults,
  ResultsByHour,
  RunResults,
} from './pipeline/views/view-results.js';
export type { RetryView } from './pipeline/views/view-retry.js';
export type { RunApproval, RunHoldView, RunView } from './pipeline/views/view-run.js';
export type { RedisOptions, RedisSentinel } from './queue/redis/redis-options.js';
export type { ExtraSend } from './store/attempts.js';
export type { RunEvidence } from './store/evidence.js';
export type { FiringStatus } from './store/firings.js';
export type { Forgetting, Forgotten } from './store/forgotten.js';
export type { HoldView } from './store/holds.js';
export type { OwnClient, OwnPool, OwnPoolOptions } from './store/postgres/own-pool.js';
export type { Resolution } from './store/resolutions.js';
export type { StopView } from './store/stops.js';
export type { SuppressionSource, SuppressionView } from './store/suppressions.js';
export type { HandedOver, JobAhead } from './store/views/attention/jobs-ahead.js';
export type { BatchFilter, BatchView } from './store/views/batch-views.js';
export type { BulkAction } from './store/views/bulk-runs.js';
export type { FiringView } from './store/views/firing-views.js';
export type { RecipientRun } from './store/views/recipient-runs.js';
export type { MessageCounts, ToldByHour } from './store/views/results.js';
export type { RunFilter, RunKind, RunState } from './store/views/run-list.js';

/**
 * Opens Siaran with the variables of the environment. Connections are made when they are first needed.
 * @param own a logger, options of Redis and a pool of Postgres that the program has. Default: Siaran opens its own, from the
 * variables. What is handed in is not closed by `close`. And how long calls wait for a Redis or Postgres that is away.
 * @throws {UsageError} that lists every variable that is wrong, or names what can't be handed in.
 */
export function openSiaran(env: Environment = process.env, own: OwnClients = {}): Siaran {
  const checked = checkOwn(own);
  const config = parseConfig({ ...env, ...addressesOf(checked) }, {}, isRedisOverTls(checked));
  return siaranWith(openContext(config, undefined, checked));
}

/** Siaran over connections that are opened already. @internal */
export function siaranWith(ctx: Context): Siaran {
  // Loaded only if it is asked for: most programs and commands start no workers.
  const siaran = new Siaran(ctx, async (opened) => (await import('../workers/start.js')).startWorkers(opened));
  return tellServiceErrors(siaran, ctx);
}
