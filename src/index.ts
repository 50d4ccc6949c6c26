export type { Workers } from '../workers/start.js';
export type { Environment } from './config.js';
export type { BatchStatus } from './domain/batch.js';
export type { ColumnValue, Recipient } from './domain/recipient.js';
export type { RunOutcome, RunStatus } from './domain/run.js';
export type { Separator } from './domain/sending.js';
export {
  AudienceError,
  IntakeLostError,
  KeyConflictError,
  NotFoundError,
  type RunStateCode,
  RunStateError,
  SiaranError,
  UnavailableError,
  UsageError,
} from './errors.js';
export type { Enqueued, EnqueueOptions, Recipients } from './pipeline/enqueue.js';
export type { LedgerRepair } from './pipeline/ledger.js';
export type { Interruption, Share } from './pipeline/pause.js';
export type { ResolveOptions } from './pipeline/resolve.js';
export type { Retried } from './pipeline/retry.js';
export type { RunId, RunRequest, StartedRun } from './pipeline/start-run.js';
export type { Verification } from './pipeline/verify.js';
export type { RunView } from './pipeline/view-run.js';
export { type Broadcast, type BroadcastRequest, openSiaran, Siaran } from './siaran.js';
export type { ExtraSend, Resolution } from './store/attempts.js';
export type { BatchView } from './store/batches.js';
export type { HoldView } from './store/holds.js';
