import type { CatchUp } from '../../domain/campaigns/firing.js';
import type { Fitting } from '../../domain/columns/column-map.js';
import type { DeliveryRequest } from '../../domain/delivery/delivery.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { RetryAfterFailureRequest } from '../../domain/resending/retry-after-failure.js';
import type { Separator } from '../../domain/runs/sending.js';
import type { Template } from '../../domain/templates/template.js';

/** What `send` was asked for. */
export type SendRequest = {
  /** A file, or `-` for standard input. */
  path: string;
  name: string;
  templateDetailId: number;
  /** What is known of it, if it was named. */
  template?: Template;
  startAt?: Date;
  lateOk?: true;
  separator?: Separator;
  /** How its heads become columns. */
  fitting: Fitting;
  account?: string;
  key?: string;
  /** Starts a new run, whether the file was sent before or not. */
  again?: boolean;
  seal: boolean;
  flushAfter?: string;
  values?: ValuePolicy;
  maxRejected?: string;
  retryAfterFailure?: RetryAfterFailureRequest;
  /** Nobody is asked. */
  yes?: true;
  /** When its batches may start. */
  delivery: DeliveryRequest & { catchUp?: CatchUp };
};
