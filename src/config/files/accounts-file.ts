import { showMasked } from '../../domain/numbers/mask-number.js';
import { isLabel } from '../../domain/runs/label.js';
import { accountNameRule, isAccountName } from '../../domain/runs/sending.js';
import {
  type AccountEntry,
  approvalAboveForm,
  credentialNames,
  rateLimitForm,
  readApprovalAbove,
  readRateLimit,
  withoutSlashes,
} from '../accounts.js';
import { callbackSecretsForm, readCallbackSecrets } from '../callback-secrets.js';
import { isMapping, readMappingFile } from './yaml-file.js';

type Reading = {
  entries: ReadonlyMap<string, AccountEntry>;
  /** By account, of those that have their own. */
  callbackSecrets: ReadonlyMap<string, readonly string[]>;
  faults: string[];
};

/**
 * Reads the file that SIARAN_ACCOUNTS_FILE names, if it does: accounts in YAML, of which JSON is a part. `faults` is a
 * sentence for each thing that is wrong; none of them shows anything of a secret, nor of a line that may hold one.
 */
export function readAccountsFile(given: Readonly<Record<string, string | undefined>>): Reading {
  const path = given.SIARAN_ACCOUNTS_FILE;
  if (path === undefined) return { entries: new Map(), callbackSecrets: new Map(), faults: [] };
  const { entries, callbackSecrets, faults } = readAccounts(path);
  // Nobody could tell which of two counts.
  const twofold = entries.has('default') ? credentialNames.filter((name) => given[name] !== undefined) : [];
  if (twofold.length > 0)
    faults.push(
      `has the account "default", which is that of ${twofold.join(' and ')} too: unset what is set, or give it another name`,
    );
  return { entries, callbackSecrets, faults: faults.map((fault) => `SIARAN_ACCOUNTS_FILE: ${path} ${fault}`) };
}

function readAccounts(path: string): Reading {
  const document = readMappingFile(path, form);
  if (!document.ok) return { entries: new Map(), callbackSecrets: new Map(), faults: [document.fault] };
  const entries = new Map<string, AccountEntry>();
  const callbackSecrets = new Map<string, readonly string[]>();
  const faults: string[] = [];
  for (const [name, settings] of Object.entries(document.mapping)) {
    const found = isAccountName(name) ? [] : [accountNameRule];
    const entry = readEntry(settings, found);
    const secrets = isMapping(settings) ? readSecretsOf(settings, found) : undefined;
    if (found.length === 0 && entry) entries.set(name, entry);
    if (secrets) callbackSecrets.set(name, secrets);
    faults.push(...found.map((fault) => `has the account ${showMasked(name)}: ${fault}`));
  }
  if (faults.length === 0 && entries.size === 0) faults.push(`names no account; ${form}`);
  return { entries, callbackSecrets, faults };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}

const form =
  'write for each account its name and below it appId and secretKey, and where you like baseUrl, rateLimit, portfolio, approvalAbove and callbackSecret';

const fields = ['baseUrl', 'appId', 'secretKey', 'rateLimit', 'portfolio', 'approvalAbove', 'callbackSecret'] as const;
type Field = (typeof fields)[number];

function readEntry(settings: unknown, faults: string[]): AccountEntry | undefined {
  if (!isMapping(settings)) {
    faults.push(`is no mapping; ${form}`);
    return undefined;
  }
  for (const name of Object.keys(settings))
    if (!isField(name)) faults.push(`${showMasked(name)} is not a setting; the settings are ${fields.join(', ')}`);
  const text = (field: Field) => {
    const value = settings[field];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    faults.push(`${field} must be a text; put it in quotes`);
    return null;
  };
  const credential = (field: 'appId' | 'secretKey') => {
    const value = text(field);
    if (value === undefined) faults.push(`${field} is not set: see App Information under Settings at Qiscus`);
    // It becomes a header.
    else if (value !== null && !/^[\x21-\x7e]+$/.test(value))
      faults.push(`${field} may hold letters, digits and signs of ASCII, and no blanks`);
    return value ?? '';
  };
  const [appId, secretKey] = [credential('appId'), credential('secretKey')];
  const baseUrl = text('baseUrl');
  if (baseUrl && !isHttpUrl(baseUrl))
    faults.push(
      'baseUrl is not an address that begins with https:// or http://; for example https://multichannel.qiscus.com',
    );
  const rateLimit = text('rateLimit');
  const limit = rateLimit ? readRateLimit(rateLimit) : undefined;
  if (rateLimit && !limit) faults.push(`rateLimit is ${showMasked(rateLimit)}; ${rateLimitForm}`);
  const portfolio = text('portfolio');
  if (portfolio && !isLabel(portfolio))
    faults.push(`portfolio is ${showMasked(portfolio)}; write a name of at most 200 characters in one line`);
  const approvalAbove = readApproval(settings, faults);
  return {
    ...{ appId, secretKey },
    ...(approvalAbove !== undefined && { approvalAbove }),
    ...(portfolio && { portfolio }),
    ...(baseUrl && { baseUrl: withoutSlashes(baseUrl) }),
    ...(limit && { rateLimit: limit }),
  };
}

/** A number, or a number in quotes. */
function readApproval({ approvalAbove }: Record<string, unknown>, faults: string[]): number | undefined {
  if (approvalAbove === undefined || approvalAbove === null || approvalAbove === '') return undefined;
  const isWritten = typeof approvalAbove === 'number' || typeof approvalAbove === 'string';
  const above = isWritten ? readApprovalAbove(approvalAbove) : undefined;
  if (above === undefined) faults.push(`approvalAbove is ${showMasked(String(approvalAbove))}; ${approvalAboveForm}`);
  return above;
}

function readSecretsOf({ callbackSecret }: Record<string, unknown>, faults: string[]): readonly string[] | undefined {
  if (callbackSecret === undefined || callbackSecret === null || callbackSecret === '') return undefined;
  const secrets = typeof callbackSecret === 'string' ? readCallbackSecrets(callbackSecret) : undefined;
  if (!secrets) faults.push(`callbackSecret ${callbackSecretsForm}`);
  return secrets;
}

function isField(name: string): name is Field {
  return (fields as readonly string[]).includes(name);
}
