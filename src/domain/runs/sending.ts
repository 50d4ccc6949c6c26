import { checkColumns } from '../columns/columns.js';
import { type Delivery, type DeliveryRequest, readDelivery, show } from '../delivery/delivery.js';
import { showMasked } from '../numbers/mask-number.js';
import { formatMaxRejected, readMaxRejected } from '../recipients/max-rejected.js';
import { type ValuePolicy, valuePolicies } from '../recipients/value.js';
import {
  type RetryAfterFailure,
  type RetryAfterFailureRequest,
  readRetryAfterFailure,
} from '../resending/retry-after-failure.js';
import { faultOfValue, templateId } from '../text/judge-value.js';
import { isLabel } from './label.js';
import { checkMessageColumns } from './message.js';

/** What separates the values in the CSV file that Qiscus is given. */
export type Separator = ',' | ';';

/** What is sent and how, whether once or again and again; as a caller writes it. */
export type SendingRequest<Column extends string = string> = SendingOptions<Column> & {
  /** The template's id: the whole number on its page at Qiscus, such as 172. */
  templateDetailId: number;
};

/** The same, whatever the template is told by. */
export type SendingOptions<Column extends string = string> = DeliveryRequest & {
  /** The broadcast's name, as people at Qiscus see it behind the batch's id. */
  name: string;
  /** The columns of the template's sample CSV, in any order; `phone_number` has to be among them. */
  columns: readonly Column[];
  /** The separator of the CSV file that is sent. Default `,`. */
  separator?: Separator;
  /** The Qiscus account that it goes out through, by its name in SIARAN_ACCOUNTS_FILE. Default `default`. */
  account?: string;
  /**
   * What becomes of a row with a value that WhatsApp refuses (a line break, a tab, five spaces in a row, an empty body variable,
   * a body that is too long): `reject` (the default) keeps it apart with its reason, `clean` trims values and makes runs of
   * white space one space, `send` sends it as it is.
   */
  values?: ValuePolicy;
  /**
   * How many rows may be rejected, as a number or as a share such as `1%`. Nothing is sent before all rows are in, and nothing at all
   * if more were rejected. Default: any number may.
   */
  maxRejected?: number | string;
  /** Whom workers send to again by themselves once the run has ended: `{ codes: [131026], after: '24h', times: 2 }`. Default: nobody. */
  retryAfterFailure?: RetryAfterFailureRequest;
};

export type Sending = {
  name: string;
  account: string;
  templateDetailId: number;
  columns: readonly string[];
  separator: Separator;
  values: ValuePolicy;
  /** As `formatMaxRejected` writes it. */
  maxRejected: string | null;
  retryAfterFailure: RetryAfterFailure | null;
  delivery: Delivery;
};

/** Reads what runs and campaigns have in common; `faults` is a sentence for each setting that is wrong. */
export function readSending(request: SendingRequest): { sending: Sending; faults: string[] } {
  const { name, templateDetailId, columns, separator = ',', account = 'default', values = 'reject' } = request;
  const { delivery, faults } = readDelivery(request);
  if (!isLabel(name)) faults.push('name must be a text of 1 to 200 characters in one line.');
  const ofId = faultOfValue('templateDetailId', templateDetailId, templateId);
  if (ofId !== undefined) faults.push(ofId);
  if (separator !== ',' && separator !== ';')
    faults.push(`separator is ${JSON.stringify(separator)}; Qiscus takes "," or ";".`);
  if (!valuePolicies.includes(values)) faults.push(`values is ${show(values)}; it is reject, clean or send.`);
  const maxRejected = request.maxRejected === undefined ? null : readMaxRejected(request.maxRejected);
  if (maxRejected === undefined)
    faults.push(
      `maxRejected is ${show(request.maxRejected)}; write a number of rows, such as 100, or a share, such as 1%.`,
    );
  const { retry, faults: ofRetry } = readRetryAfterFailure(request.retryAfterFailure);
  faults.push(...ofRetry);
  if (!isAccountName(account)) faults.push(`account is ${showAccount(account)}; ${accountNameRule}.`);
  if (Array.isArray(columns)) faults.push(...checkColumnsFor(request.delivery, columns));
  else faults.push('columns must be an array of column names.');
  const sending = {
    name,
    account,
    templateDetailId,
    columns,
    separator,
    values,
    maxRejected: maxRejected ? formatMaxRejected(maxRejected) : null,
    retryAfterFailure: retry,
    delivery,
  };
  return { sending, faults };
}

/** What is wrong with the columns of what is delivered in this way, a sentence each. */
export function checkColumnsFor(delivery: DeliveryRequest['delivery'], columns: readonly string[]): string[] {
  return delivery === 'individual' ? checkMessageColumns(columns) : checkColumns(columns);
}

export const accountNameRule =
  'the name of an account is of 1 to 40 lower-case letters, digits, - and _, and begins with a letter or a digit';

/** It becomes part of a queue's name. Whether there is such an account is found out later. */
export function isAccountName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z0-9][a-z0-9_-]{0,39}$/.test(name);
}

function showAccount(account: unknown): string {
  return typeof account === 'string' ? showMasked(account) : `a ${typeof account}`;
}
