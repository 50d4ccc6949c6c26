import { audited } from './pipeline/audited.js';
import { go, type Stopped, type StopRequest, stopAll, type WentOn } from './pipeline/operating/stop.js';
import { type StatusView, viewStatus } from './pipeline/views/attention.js';
import { PeopleCalls } from './siaran-people.js';
import { type StopView, standingStops } from './store/stops.js';

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

  /** The stops that stand, that of everything first. */
  stops(): Promise<StopView[]> {
    return standingStops(this.ctx.db);
  }
}
