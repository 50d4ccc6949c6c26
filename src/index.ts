export type { Workers } from '../workers/start.js';
export type { AudienceFunction } from './audience/open-audience.js';
export type { Environment } from './config.js';
export type { BatchStatus } from './domain/batch.js';
export type { MovedBy } from './domain/batch-start.js';
export type { ButtonParam } from './domain/button-params.js';
export type { CampaignRequest } from './domain/campaign.js';
export type { CampaignChanges } from './domain/campaign-changes.js';
export type { Delivery, DeliveryRequest, Limit } from './domain/delivery.js';
export type { Evidence } from './domain/evidence.js';
export type { CatchUp } from './domain/firing.js';
export type { Forecast } from './domain/forecast.js';
export type { ColumnValue, Recipient } from './domain/recipient.js';
export type { RunHoldKind, RunOutcome, RunStatus } from './domain/run.js';
export type { Separator } from './domain/sending.js';
export {
  AudienceError,
  CampaignChangedError,
  CampaignExistsError,
  ChangedMeanwhileError,
  IntakeLostError,
  KeyConflictError,
  NotFoundError,
  type RunStateCode,
  RunStateError,
  SiaranError,
  UnavailableError,
  UsageError,
} from './errors.js';
export type { AddOptions, CampaignVersionView, CampaignView } from './pipeline/campaigns.js';
export type { ClosedSource } from './pipeline/close-source.js';
export type { EditedCampaign, EditOptions } from './pipeline/edit-campaign.js';
export type { Enqueued, EnqueueOptions, Recipients } from './pipeline/enqueue.js';
export type { Transaction } from './pipeline/enqueue-in.js';
export type { RecipientView } from './pipeline/find-recipient.js';
export type { NextFiring } from './pipeline/forecast.js';
export type { GoingRun } from './pipeline/going-runs.js';
export type { LedgerRepair } from './pipeline/ledger.js';
export type { NoticeBody } from './pipeline/notice-body.js';
export type { Cancellation, Interruption, Share } from './pipeline/pause.js';
export type { Redone } from './pipeline/redo-runs.js';
export type { RemovedCampaign } from './pipeline/remove-campaign.js';
export type { ResolveOptions } from './pipeline/resolve.js';
export type { Retried } from './pipeline/retry.js';
export type { MessageRequest, MessageView } from './pipeline/send-message.js';
export type { RunId, RunRequest, StartedRun } from './pipeline/start-run.js';
export type { PhoneNumbers, Suppressed, SuppressOptions, Unsuppressed } from './pipeline/suppress.js';
export type { Verification } from './pipeline/verify.js';
export type { RunHoldView, RunView } from './pipeline/view-run.js';
export { type Broadcast, type BroadcastRequest, openSiaran, Siaran } from './siaran.js';
export type { ExtraSend } from './store/attempts.js';
export type { BatchView } from './store/batches.js';
export type { RunEvidence } from './store/evidence.js';
export type { FiringStatus, FiringView } from './store/firings.js';
export type { HoldView } from './store/holds.js';
export type { RecipientRun } from './store/recipient-runs.js';
export type { Resolution } from './store/resolutions.js';
export type { JobAhead } from './store/standing-runs.js';
export type { SuppressionSource, SuppressionView } from './store/suppressions.js';
