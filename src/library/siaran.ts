import type { Context } from '../context.js';
import type { Forecast } from '../domain/campaigns/forecast.js';
import { type Approved, approve } from '../pipeline/approval/approve.js';
import { type ApprovalView, viewApproval } from '../pipeline/approval/view-approval.js';
import { audited, noteAudit } from '../pipeline/audited.js';
import { forecastRun } from '../pipeline/campaigns/forecast.js';
import { type ClosedSource, closeSource } from '../pipeline/intake/close-source.js';
import { type Enqueued, type EnqueueOptions, enqueue, type Recipients } from '../pipeline/intake/enqueue.js';
import { enqueueIn, type Transaction } from '../pipeline/intake/enqueue-in.js';
import { seal } from '../pipeline/intake/seal.js';
import { SharedIntakes } from '../pipeline/intake/shared-intakes.js';
import { type RunId, type RunRequest, type StartedRun, startRun } from '../pipeline/intake/start-run.js';
import { refuseWrongList } from '../pipeline/operating/bulk-filter.js';
import { type Cancellation, cancel, type Interruption, pause, resume } from '../pipeline/operating/pause.js';
import { type LedgerRepair, repairLedger, resumeAccount, resumeAll } from '../pipeline/operating/repair-ledger.js';
import { type Resolved, type ResolveOptions, resolve } from '../pipeline/operating/resolve.js';
import { type Retried, retry } from '../pipeline/operating/retry.js';
import { type Verification, verify } from '../pipeline/operating/verify.js';
import { requireRun } from '../pipeline/require-run.js';
import { type ResendRequest, type Resent, resend } from '../pipeline/resending/resend.js';
import { listRejections, type RejectionView } from '../pipeline/views/list-rejections.js';
import { type RunResults, viewResults } from '../pipeline/views/view-results.js';
import { type RunView, viewRun, viewRuns } from '../pipeline/views/view-run.js';
import { watchRun } from '../pipeline/views/watch-run.js';
import type { HoldView } from '../store/holds.js';
import type { Resolution } from '../store/resolutions.js';
import { type BatchFilter, type BatchView, viewBatches } from '../store/views/batch-views.js';
import { findRunIds, type RunFilter } from '../store/views/run-list.js';
import { type Broadcast, type BroadcastRequest, fillStarted } from './broadcast.js';
import { DraftCalls } from './siaran-drafts.js';

/** Workers of this process that are at work. */
export type Workers = {
  /** Takes no new job, lets what runs come to its end (bounded), and closes in reverse order. */
  close(): Promise<void>;
};

/** Siaran in one program: its connections, and what can be done through them. One of it is enough for a process. */
export class Siaran extends DraftCalls {
  readonly #startWorkers: (ctx: Context) => Promise<Workers>;
  readonly #shared = new SharedIntakes();
  readonly #workers: Workers[] = [];

  /** @param startWorkers what `work` does. @internal */
  constructor(ctx: Context, startWorkers: (ctx: Context) => Promise<Workers>) {
    super(ctx);
    this.#startWorkers = startWorkers;
  }

  /** Starts a run, or finds the one that its `key` gave before. Nothing is sent before recipients are enqueued. */
  async startRun<const Column extends string>(request: RunRequest<Column>): Promise<StartedRun<Column>> {
    const started = await startRun(this.ctx, request);
    // It is started: its caller gets the id, whatever becomes of the name.
    if (!started.existed)
      await noteAudit(this.ctx, { action: 'start', target: started.id }).catch((err) =>
        this.ctx.logger.warn({ err, runId: started.id }, 'who started this run is not in the audit log'),
      );
    return started;
  }

  /** Hands recipients over to a run; waits while the run's buffer is full. Resolves when none of them can be lost by this process. */
  enqueue<Column extends string>(
    runId: RunId<Column>,
    recipients: Recipients<NoInfer<Column>>,
    options?: EnqueueOptions,
  ): Promise<Enqueued> {
    return enqueue(this.ctx, this.#shared, runId, recipients, options);
  }

  /**
   * Hands recipients over within a transaction of your own on the same database: they are enqueued if it commits, and a
   * rollback leaves nothing of them. `runKey` is the key that the run was started with. Returns how many were handed in;
   * rows that can't be sent are rejected once a worker reads them.
   * @param tx a client of pg that is in a transaction, or the client of a transaction of Prisma's.
   * @throws {NotFoundError | RunStateError | UsageError} After the first two your transaction can only be rolled back. The last also if there is
   * none: nothing is handed in then.
   */
  enqueueIn<const Column extends string>(tx: Transaction, runKey: string, rows: Recipients<Column>): Promise<number> {
    return enqueueIn(tx, runKey, rows);
  }

  /** Says that all recipients are in: what doesn't fill a batch goes out too. */
  seal(runId: RunId): Promise<void> {
    return seal(this.ctx, runId);
  }

  /**
   * Closes a source of a run (`unclosedSources`) whose producer is dead: what it has brought counts. A live one gets an `IntakeLostError`.
   * @throws {RunStateError} `SOURCE_CLOSED` when the run has no unclosed source of this name.
   */
  closeSource(runId: string, source: string): Promise<ClosedSource> {
    return audited(this.ctx, { action: 'close source', target: runId, isPatient: true, detail: { source } }, () =>
      closeSource(this.ctx, runId, source),
    );
  }

  /**
   * Starts a run, enqueues its recipients and seals it. With a `key`, call again after a failure. If nobody is in it, the run ends `nobody`.
   * @throws {RunStateError} `RUN_COMPLETE` when the key's run has everything already; nothing is changed then.
   */
  async broadcast<const Column extends string>(request: BroadcastRequest<Column>): Promise<Broadcast<Column>> {
    const { recipients, ...run } = request;
    const { id } = await this.startRun(run);
    return fillStarted(id, run.key, async () => {
      const enqueued = await enqueue<Column>(this.ctx, this.#shared, id, recipients, { source: 'broadcast' });
      await this.seal(id);
      return { runId: id, ...enqueued };
    });
  }

  /** A run as it stands. @throws {NotFoundError} */
  run(runId: RunId): Promise<RunView> {
    return viewRun(this.ctx, runId);
  }

  /** The latest runs that fit, newest first. @throws {UsageError} */
  async runs(limit = 20, filter: RunFilter = {}): Promise<RunView[]> {
    refuseWrongList(limit, filter);
    return viewRuns(this.ctx, await findRunIds(this.ctx.db, filter, limit));
  }

  /** What became of a run's messages: how many came how far, and why others failed. @throws {NotFoundError} */
  results(runId: RunId): Promise<RunResults> {
    return viewResults(this.ctx, runId);
  }

  /** A run's batches by number. @throws {NotFoundError} */
  async batches(runId: RunId, options: BatchFilter = {}): Promise<BatchView[]> {
    await requireRun(this.ctx, runId);
    return viewBatches(this.ctx.db, runId, options.status);
  }

  /** The rows of a run that were rejected, by source and position, and why. @throws {NotFoundError} */
  async *rejections(runId: RunId): AsyncGenerator<RejectionView> {
    for await (const page of listRejections(this.ctx, runId)) yield* page;
  }

  /** The run each time that it changes, until it is finished. */
  watch(runId: RunId): AsyncGenerator<RunView> {
    return watchRun(this.ctx, runId);
  }

  /** Delivers failed batches again: all of a run, or one. */
  retry(id: RunId | string): Promise<Retried> {
    return audited(this.ctx, { action: 'retry', target: id }, () => retry(this.ctx, id));
  }

  /**
   * Sends a run again to those whom its messages didn't reach, as a new run with the same values, template and limits; with `dryRun` it only
   * counts them. The same call again finds the same run. @throws {UsageError} @throws {NotFoundError} @throws {RunStateError} `RUN_PURGED`
   */
  resend(runId: RunId, request: ResendRequest): Promise<Resent> {
    return audited(this.ctx, { action: 'resend', target: runId, detail: request }, () =>
      resend(this.ctx, runId, request),
    );
  }

  /** Lets every held account send again. Returns what was lifted. */
  resumeAll(): Promise<HoldView[]> {
    return audited(this.ctx, { action: 'resume accounts' }, () => resumeAll(this.ctx));
  }

  /** Lets one held account send again; the others stay held. Returns what was lifted. @throws {UsageError} when there is no such account. */
  resumeAccount(account: string): Promise<HoldView[]> {
    return audited(this.ctx, { action: 'resume accounts', detail: { account } }, () =>
      resumeAccount(this.ctx, account),
    );
  }

  /** After `LEDGER_WENT_BACK`: puts the sends that Postgres lost back as `unknown`, and lets every account send again. */
  repairLedger(): Promise<LedgerRepair> {
    return audited(this.ctx, { action: 'repair ledger' }, () => repairLedger(this.ctx));
  }

  /** Settles an unknown batch as an operator found it at Qiscus. */
  resolve(batchId: string, resolution: Resolution, options: ResolveOptions): Promise<Resolved> {
    const { by, reason = null } = options;
    const act = { action: 'resolve', target: batchId, detail: { ...resolution, reason }, by } as const;
    return audited(this.ctx, act, () => resolve(this.ctx, batchId, resolution, options));
  }

  /** Stops a run's deliveries until it is resumed. What is handed over is handed over. */
  pause(runId: RunId): Promise<Interruption> {
    return audited(this.ctx, { action: 'pause', target: runId, isPatient: true }, () => pause(this.ctx, runId));
  }

  /** Lets a run go on that was paused, or that waits after its first batch or for its balance. */
  resume(runId: RunId): Promise<void> {
    return audited(this.ctx, { action: 'resume', target: runId, isPatient: true }, () => resume(this.ctx, runId));
  }

  /** What an approver is shown of a run. @throws {NotFoundError} @throws {RunStateError} `NOTHING_TO_APPROVE` */
  approval(runId: RunId): Promise<ApprovalView> {
    return viewApproval(this.ctx, runId);
  }

  /**
   * Approves a run as `approval` showed it, in the name of `SIARAN_ACTOR`; a change afterwards asks again. @param state that `approval` gave
   * @throws {ChangedMeanwhileError} when it has changed since @throws {RunStateError} `OWN_RUN` to whoever has started it
   */
  approve(runId: RunId, state: string): Promise<Approved> {
    const by = this.ctx.config.actor;
    return audited(this.ctx, { action: 'approve', target: runId, detail: { state }, isPatient: true }, () =>
      approve(this.ctx, runId, { state, by }),
    );
  }

  /** Cancels, for good, what of a run wasn't handed over. `jobs` is what a person can still cancel at Qiscus. */
  cancel(runId: RunId): Promise<Cancellation> {
    return audited(this.ctx, { action: 'cancel', target: runId, isPatient: true }, () => cancel(this.ctx, runId));
  }

  /** Checks the law and every rule of the ledger for a run, also while work goes on. */
  verify(runId: RunId): Promise<Verification> {
    return verify(this.ctx, runId);
  }

  /** What is left of a run, and when it will be through as things stand; `null` when nothing is left. @throws {NotFoundError} */
  forecast(runId: RunId): Promise<Forecast | null> {
    return forecastRun(this.ctx, runId);
  }

  /** Runs the workers in this process, until they are closed or `close` is called. */
  async work(): Promise<Workers> {
    const workers = await this.#startWorkers(this.ctx);
    this.#workers.push(workers);
    return workers;
  }

  /** Stops the workers that `work` started, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((workers) => workers.close()));
    await this.ctx.close();
  }
}
