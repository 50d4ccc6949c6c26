import { type StatusView, viewStatus } from './pipeline/views/attention.js';
import { PeopleCalls } from './siaran-people.js';

/** The calls of `Siaran` that are about everything at once. */
export abstract class DeskCalls extends PeopleCalls {
  /** What waits for a person: unknown, refused, held and others, each with its people and the command that settles it. */
  status(): Promise<StatusView> {
    return viewStatus(this.ctx);
  }
}
