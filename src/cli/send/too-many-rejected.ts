import { SiaranError } from '../../errors.js';

/** Nothing was sent, as too many rows were rejected. Of a file no run was made; a stream's run is given up. */
export class TooManyRejected extends SiaranError {
  override readonly name = 'TooManyRejected';
  readonly rejected: number;
  readonly runId: string | null;

  constructor(message: string, rejected: number, runId: string | null = null) {
    super('TOO_MANY_REJECTED', message);
    this.rejected = rejected;
    this.runId = runId;
  }
}
