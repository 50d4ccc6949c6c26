import { partsOfBatchId } from '../runs/batch.js';
import { type AuditAction, actionOf } from './audit-actions.js';

/** What an entry is about, by the names that people know. */
export type AuditSubject = {
  /** The run's name, if the entry's target is a run or a batch of one. */
  name: string | null;
  /** How many people are in that run or batch. */
  people: number | null;
};

type Entry = {
  actor: string;
  actorKind: 'user' | 'token' | null;
  action: string;
  target: string;
  detail: unknown;
  status: number | null;
};
type Detail = Readonly<Record<string, unknown>>;

/** An entry as a sentence: who did what to which run or batch, and whether it was done. */
export function describeAudit(entry: Entry, subject: AuditSubject): string {
  const action = actionOf(entry.action);
  const detail = (typeof entry.detail === 'object' && entry.detail !== null ? entry.detail : {}) as Detail;
  const what = action
    ? phrases[action](describeSubject(entry.target, subject), detail, entry.action)
    : `asked for ${entry.action}`;
  const more = action && typeof detail.reason === 'string' && detail.reason !== '' ? `, because: ${detail.reason}` : '';
  return `${entry.actor}${entry.actorKind === 'token' ? ' (token)' : ''} ${what}${more}${describeOutcome(entry.status)}`;
}

/** `kept`: the request over HTTP, where one action has several. */
const phrases: Record<AuditAction, (what: string, detail: Detail, kept: string) => string> = {
  start: (what, { name }) => (what === '' ? `started a run${quoted(name)}` : `started ${what}`),
  enqueue: (what) => `enqueued recipients of ${what}`,
  seal: (what) => `sealed ${what}`,
  pause: (what) => `paused ${what}`,
  resume: (what) => `let ${what} go on`,
  approve: (what) => `approved ${what}`,
  cancel: (what) => `cancelled ${what}`,
  retry: (what) => `had what failed of ${what} delivered again`,
  bulk: (what, { action, dryRun }) => {
    const meant = typeof action === 'string' ? action : what;
    return dryRun === true ? `counted which runs there are to ${meant}` : `asked to ${meant} all runs that fit`;
  },
  resend: (what, { dryRun, codes }) => {
    const whom = Array.isArray(codes) ? ` to those with ${codes.join(', ')}` : '';
    return dryRun === true ? `counted whom ${what} would be sent to again` : `sent ${what} again${whom}`;
  },
  'close source': (what, { source }) => `closed the source${quoted(source)} of ${what}`,
  resolve: (what, detail) => `resolved ${what}: ${describeResolution(detail)}`,
  'resume accounts': (_, { account }) =>
    account === undefined ? 'let every held account send again' : `let account${quoted(account)} send again`,
  stop: (_, { account }) => `stopped ${everythingOr(account)}`,
  go: (_, { account }) => `let ${everythingOr(account)} go on that was stopped`,
  'repair ledger': () => 'repaired the ledger, and let every account send again',
  message: () => 'sent a message',
  suppress: (_, { count }) => `put ${numbers(count)} on the suppression list`,
  unsuppress: (_, { count }) => `took ${numbers(count)} off the suppression list`,
  'import suppressions': () => 'imported numbers into the suppression list',
  'list suppressions': () => 'listed the suppression list',
  'decide opt-outs': (_, { account, decision }) =>
    `${decision === 'discard' ? 'discarded' : 'applied'} the held opt-outs of account${quoted(account)}`,
  'undo opt-outs': (_, { importId }) =>
    importId === undefined ? 'undid opt-outs by their source' : `undid the import${quoted(importId)}`,
  forget: () => 'had a person forgotten',
  'campaign add': (what, { name }) => `added campaign${what === '' ? quoted(name) : ` ${what}`}`,
  'campaign edit': (what, { version }) =>
    `changed campaign ${what}${version === undefined ? '' : ` to version ${version}`}`,
  'campaign remove': (what) => `removed campaign ${what}`,
  'campaign pause': (what) => `paused campaign ${what}`,
  'campaign resume': (what) => `let campaign ${what} go on`,
  'campaign fire': (what) => `fired campaign ${what}`,
  'template refresh': () => 'asked Qiscus for its templates',
  'test send': (what, { template, row }, kept) =>
    what.startsWith('run ') || kept.includes('/drafts/') || row !== undefined
      ? `sent a row of ${what.startsWith('run ') ? what : `draft ${what}`} to themselves as a test`
      : `sent a test of template${what === '' ? quoted(template) : ` ${what}`}`,
  'draft create': (_, { name }) => `began to make a broadcast${quoted(name)}`,
  'draft change': (what) => `changed draft ${what}`,
  'draft upload': (what) => `uploaded a list into draft ${what}`,
  'draft discard': (what) => `threw draft ${what} away`,
  'draft list forgotten': (what) => `had the list of draft ${what} thrown away, as somebody in it was forgotten`,
  'draft confirm': (what, { people }) =>
    `confirmed draft ${what}${typeof people === 'number' ? ` with ${people.toLocaleString('en-US')} people` : ''}`,
  'template add': (what, { name }) => `added template${what === '' ? quoted(name) : ` ${what}`}`,
  purge: (_, { olderThan }) => `removed the numbers and values of runs that ended more than ${olderThan} ago`,
  adopt: (_, { prefix }) =>
    prefix === true ? 'gave this database the prefix in Redis' : 'gave this database a new identity',
  'audit retention': (_, { entries, before }) =>
    `removed ${entries === 1 ? 'an entry' : `${Number(entries).toLocaleString('en-US')} entries`} of the audit log from before ${String(before).slice(0, 10)}`,
  'look up': (_, { where }) =>
    where === 'audit log' ? 'looked up what the audit log tells of a phone number' : 'looked a phone number up',
  preview: (what) => `looked at a message of ${what === '' ? 'an audience' : what}`,
  export: (what, { rows }) =>
    typeof rows === 'string' ? `exported the ${rows} rows of draft ${what}` : `exported the recipients of ${what}`,
  'retry after failure': (what, { turn }) => `decided about turn ${turn} of sending ${what} again`,
  'user add': (what, { role }) => `let user ${what} in as ${role}`,
  'user invite': (what, { name, role }) => `invited user ${what === '' ? quoted(name).trim() : what} as ${role}`,
  'user link': (what) => `gave user ${what} another link to set a password with`,
  'user email': (what) => `gave user ${what} another e-mail address, or none`,
  'own password': () => 'set a password of their own',
  'totp begin': () => 'began to set up codes for their password',
  'totp on': () => 'switched codes for their password on',
  'totp off': () => 'switched codes for their password off',
  'totp codes': () => 'made new recovery codes',
  'totp reset': (what) => `took the codes from user ${what}: a password is enough`,
  'oidc bind': () => 'came in by OpenID Connect for the first time',
  'user role': (what, { role }) => `made user ${what} ${role}`,
  'user password': (what) => `gave user ${what} another password`,
  'user revoke': (what) => `took the access of user ${what} away`,
  'user token add': (what, { label }) => `issued a token${quoted(label)} to user ${what}`,
  'user token revoke': (what) => `took a token from user ${what.replace(/ [\da-f]+"$/, '"')}`,
  'log in': (what, { way }) => `logged in from ${what} by ${way}`,
  'log out': (what) => `logged out, from ${what}`,
  'log in refused': (what, { times }) =>
    `was refused ${times === 1 ? 'a login' : `${times} logins`} within a minute, from ${what}`,
  'session end': (what) => `ended session ${what}`,
};

function describeSubject(target: string, { name, people }: AuditSubject): string {
  if (name === null) return target === '' ? '' : JSON.stringify(target);
  const [runId, number] = partsOfBatchId(target);
  const size = people === null ? '' : `, ${people.toLocaleString('en-US')} ${people === 1 ? 'person' : 'people'}`;
  const run = `run ${JSON.stringify(name)} (${runId}${size})`;
  return number > 0 ? `batch ${number} of ${run}` : run;
}

/** The library and the API name it otherwise than the form of a page. */
function describeResolution({ sent, job, notSent, found, force, despiteEvidence, correct }: Detail): string {
  const isNotSent = notSent === true || found === 'not-sent';
  const told = isNotSent ? 'not sent' : `sent as broadcast job ${sent ?? job ?? 'unknown'}`;
  const forced = force === true || force === 'yes' ? ', forced' : '';
  const against = despiteEvidence === undefined || despiteEvidence === '' ? '' : ', despite the evidence';
  return `${told}${forced}${against}${correct ? ', instead of what was decided before' : ''}`;
}

function describeOutcome(status: number | null): string {
  if (status === null) return ' (begun; its end was not recorded)';
  if (status < 400) return '';
  return status < 500 ? ' (refused: nothing was changed)' : ' (failed)';
}

/** A form of a page has an empty field for everything. */
function everythingOr(account: unknown): string {
  return account === undefined || account === '' ? 'everything' : `account${quoted(account)}`;
}

function quoted(text: unknown): string {
  return typeof text === 'string' ? ` ${JSON.stringify(text)}` : '';
}

function numbers(count: unknown): string {
  if (typeof count !== 'number') return 'numbers';
  return count === 1 ? '1 number' : `${count.toLocaleString('en-US')} numbers`;
}
