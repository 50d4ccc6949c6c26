import { checkColumns } from './columns.js';
import { type Delivery, type DeliveryRequest, readDelivery } from './delivery.js';
import { isLabel } from './label.js';
import { checkMessageColumns } from './message.js';
import { showMasked } from './phone-number.js';

export type Separator = ',' | ';';

/** What is sent and how, whether once or again and again; as a caller writes it. */
export type SendingRequest<Column extends string = string> = DeliveryRequest & {
  /** The broadcast's name, as people at Qiscus will see it behind the batch's reference. */
  name: string;
  templateDetailId: number;
  /** The header of the template's sample CSV; `phone_number` is a must. */
  columns: readonly Column[];
  /** Of the CSV file that is sent. Default `,`. */
  separator?: Separator;
  /** The Qiscus account that it goes out through, by its name in SIARAN_ACCOUNTS_FILE. Default `default`. */
  account?: string;
};

export type Sending = {
  name: string;
  account: string;
  templateDetailId: number;
  columns: readonly string[];
  separator: Separator;
  delivery: Delivery;
};

/** Reads what runs and campaigns have in common; `faults` is a sentence for each setting that is wrong. */
export function readSending(request: SendingRequest): { sending: Sending; faults: string[] } {
  const { name, templateDetailId, columns, separator = ',', account = 'default' } = request;
  const { delivery, faults } = readDelivery(request);
  if (!isLabel(name)) faults.push('name must be a text of 1 to 200 characters.');
  if (!Number.isInteger(templateDetailId) || templateDetailId < 1 || templateDetailId > 2 ** 31 - 1)
    faults.push(
      `templateDetailId is ${JSON.stringify(templateDetailId)}; it is the whole number on the template's page at Qiscus, such as 172.`,
    );
  if (separator !== ',' && separator !== ';')
    faults.push(`separator is ${JSON.stringify(separator)}; Qiscus takes "," or ";".`);
  if (!isAccountName(account)) faults.push(`account is ${showAccount(account)}; ${accountNameRule}.`);
  if (Array.isArray(columns))
    faults.push(...(request.delivery === 'individual' ? checkMessageColumns : checkColumns)(columns));
  else faults.push('columns must be an array of column names.');
  return { sending: { name, account, templateDetailId, columns, separator, delivery }, faults };
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
