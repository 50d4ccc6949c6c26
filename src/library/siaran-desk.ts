import { audited } from '../pipeline/audited.js';
import { type BulkOptions, type BulkRequest, type BulkResult, bulk } from '../pipeline/operating/bulk.js';
import { go, type Stopped, type StopRequest, stopAll, type WentOn } from '../pipeline/operating/stop.js';
import { type StatusView, viewStatus } from '../pipeline/views/attention.js';
import { type StopView, standingStops } from '../store/stops.js';
import { PeopleCalls } from './siaran-people.js';

/** The calls of `Siaran` that are about everything at once. */
export abstract class DeskCalls extends PeopleCalls {
  /** What waits for a person: unknown, refused, held and others, each with its people and the command that settles it. */
  status(): Promise<StatusView> {
    return viewStatus(this.ctx);
  }

  /**
   * Stops everything, or an account, until `go`: nothing more is uploaded or sent, also of what is started or fired meanwhile. What is handed
   * over can't be called back. @throws {UsageError} when there is no such account.
   */
  stopAll(request: StopRequest = {}): Promise<Stopped> {
    const { actor } = this.ctx.config;
    return audited(this.ctx, { action: 'stop', detail: { account: request.account } }, () =>
      stopAll(this.ctx, request, actor),
    );
  }

  /** Lifts the stop of everything, or of an account, and nothing else: what was paused or held for another reason stays so. */
  go(request: StopRequest = {}): Promise<WentOn> {
    return audited(this.ctx, { action: 'go', detail: { account: request.account } }, () => go(this.ctx, request));
  }

  /**
   * Retries, resumes or cancels each run that fits a filter, as the call for one run does, and keeps each in the audit log. With `dryRun` it only
   * tells what fits; `expected` is what was seen then. @throws {UsageError} when the filter is empty and `all` isn't said, or more than 10,000 runs fit
   * @throws {ChangedMeanwhileError} when something else fits by now than was expected; nothing was done.
   */
  bulk(request: BulkRequest, options: Pick<BulkOptions, 'onProgress'> = {}): Promise<BulkResult> {
    return bulk(this.ctx, request, options);
  }

  /** The stops that stand, that of everything first. */
  stops(): Promise<StopView[]> {
    return standingStops(this.ctx.db);
  }
}
