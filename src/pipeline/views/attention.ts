import type { Context } from '../../context.js';
import { whyNobodyFires } from '../../domain/campaigns/why-nobody-fires.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import { isOperatorsHold, stalledAfterMs } from '../../domain/runs/run.js';
import { findRuns, type RunRow } from '../../store/runs.js';
import { type Concern, readConcerns, shortRuns, waitingWork } from '../../store/views/attention/attention.js';
import { stalledRuns } from '../../store/views/attention/troubled-runs.js';
import { campaignsWithCalendars } from '../../store/views/firing-views.js';
import { readLaws } from '../law.js';
import { calendarsNobodyHas, dangerousDisagreements } from './disagreements.js';
import { unlessRedisIsAway } from './unless-redis-is-away.js';

/** Why something waits for a person. */
export const attentionKinds = [
  'stopped',
  'workers',
  'settings',
  'account_held',
  'unknown',
  'approval',
  'template',
  'held',
  'refused',
  'missing',
  'stalled',
  'failing',
] as const;

/**
 * `stopped`: somebody stopped everything, or an account. `workers`: no worker is alive, and there is work. `settings`: workers have other
 * settings than others, so that what is sent depends on which of them comes first. `account_held`: an account sends nothing. `unknown`: nobody knows whether they were messaged. `approval`: a run waits for somebody's approval. `template`: its
 * template doesn't get through. `held`: another hold of a run. `refused`: they were certainly not messaged. `missing`: Redis has lost
 * rows. `stalled`: a run that nothing holds gets nowhere, or nobody reads a confirmed draft. `failing`: the latest audience of a campaign, or
 * the list of a confirmed draft, couldn't be read; or no worker has the calendar of a campaign, so that none fires it.
 */
export type AttentionKind = (typeof attentionKinds)[number];

/** One thing that waits for a person, and the one command that settles it. */
export type Attention = {
  /** Why it waits. */
  kind: AttentionKind;
  /** The run; `null`: it is about several runs, or about none. */
  runId: string | null;
  /** The only batch that it is about. */
  batchId: string | null;
  /** The campaign, or the one that started the run. */
  campaign: string | null;
  /** The draft, if it is about how its list is read. */
  draftId: string | null;
  /** The account; `null`: every account. */
  account: string | null;
  /** The run's name. */
  name: string | null;
  /** How many people it concerns, as far as is known. */
  recipients: number;
  /** Why, in words, if anything was noted. */
  reason: string | null;
  /** The command that settles it, or shows what has to be decided. */
  action: string;
};

/** What waits for a person, the most urgent first. `attention` is empty when nothing does. */
export type StatusView = {
  /** Each of them, with its people and its command. */
  attention: Attention[];
};

/** Of so many runs it is looked whether rows of them are missing. */
const mostShort = 100;

/** Of so many campaigns it is looked whether a worker has their calendar. */
const mostUnfired = 500;

/** What waits for a person: the same for the command line, the HTTP API and the pages. */
export async function viewStatus(ctx: Context): Promise<StatusView> {
  const [concerns, stalled, missing, workers, disagreeing, unfired] = await Promise.all([
    readConcerns(ctx.db),
    stalledEntries(ctx),
    unlessRedisIsAway(missingEntries(ctx), []),
    unlessRedisIsAway(workersEntries(ctx), [redisIsAway]),
    unlessRedisIsAway(disagreeingEntries(ctx), []),
    unlessRedisIsAway(unfiredEntries(ctx), []),
  ]);
  const attention = [...concerns.map(entryOf), ...stalled, ...missing, ...workers, ...disagreeing, ...unfired];
  return { attention: attention.toSorted((a, b) => attentionKinds.indexOf(a.kind) - attentionKinds.indexOf(b.kind)) };
}

/** Without Redis no worker gets anything done. */
const redisIsAway: Attention = {
  ...{ kind: 'workers', runId: null, batchId: null, campaign: null, draftId: null },
  ...{ account: null, name: null, recipients: 0 },
  ...{ reason: "Redis can't be reached", action: 'siaran doctor' },
};

function entryOf(concern: Concern): Attention {
  const { hold: _, ...about } = concern;
  const reason = concern.kind === 'draft_unread' ? whyUnread(concern.reason) : concern.reason;
  const told = reason === null ? null : maskNumbersBesideDatesIn(reason);
  return { ...about, kind: kindOf(concern), reason: told, action: actionFor(concern) };
}

function kindOf({ kind, hold }: Concern): AttentionKind {
  if (kind === 'unread' || kind === 'draft_unread') return 'stalled';
  if (kind === 'draft_failed') return 'failing';
  if (kind !== 'held') return kind;
  return hold === 'approval' || hold === 'template' ? hold : 'held';
}

/** @param audience `null`: it is a file */
function whyUnread(audience: string | null): string {
  const cancel = 'or cancel the run';
  return audience === null
    ? `no worker has read its list to the end; see the log of the workers, ${cancel}`
    : `no worker has read its audience ${JSON.stringify(audience)}; name it in SIARAN_AUDIENCES_FILE of the workers, see their log, ${cancel}`;
}

function actionFor({ kind, runId, campaign, account, hold, batchId, draftId }: Concern): string {
  switch (kind) {
    case 'stopped':
      return account === null ? 'siaran go --all' : `siaran go --all --account ${account}`;
    case 'account_held':
      return liftAccount(account ?? 'NAME', hold);
    case 'unknown':
      if (batchId !== null) return `siaran resolve ${batchId}`;
      return runId === null ? listMessages('unknown', account) : `siaran batches ${runId} --status unknown`;
    case 'refused':
      return runId === null ? listMessages('refused', account) : `siaran retry ${runId}`;
    case 'held':
      if (runId === null) return listMessages('held', account);
      if (hold === 'approval') return `siaran approve ${runId}`;
      return isOperatorsHold(hold) ? `siaran resume ${runId}` : `siaran run ${runId}`;
    case 'failing':
      return showCampaign(campaign);
    case 'draft_failed':
      return `siaran draft ${draftId} --discard`;
    case 'draft_unread':
      return `siaran draft ${draftId}`;
    case 'template':
      return `siaran campaign resume ${JSON.stringify(campaign)}`;
    default:
      return 'siaran doctor';
  }
}

function showCampaign(name: string | null): string {
  return `siaran campaign show ${JSON.stringify(name)}`;
}

/** Lists the runs of single messages that are told of together. */
function listMessages(state: 'unknown' | 'refused' | 'held', account: string | null): string {
  return `siaran runs --kind message --state ${state} --account ${account}`;
}

/** What is probed ends by itself, once its cause is gone. */
function liftAccount(account: string, hold: string | null): string {
  if (hold === 'ledger_went_back') return 'siaran resume --all --ledger-went-back';
  return hold === 'unknowns' ? `siaran resume --account ${account}` : 'siaran doctor';
}

async function stalledEntries(ctx: Context): Promise<Attention[]> {
  const stalled = await stalledRuns(ctx.db, stalledAfterMs);
  return stalled.map((run) => ({ ...aboutRun(run, run.recipients), kind: 'stalled', action: `siaran run ${run.id}` }));
}

async function missingEntries(ctx: Context): Promise<Attention[]> {
  const short = await shortRuns(ctx.db, mostShort);
  if (short.length === 0) return [];
  const [runs, laws] = [await findRuns(ctx.db, short), await readLaws(ctx, short)];
  return runs.flatMap((run) => {
    const missing = laws.get(run.id)?.totals.missing ?? 0;
    // The same rows under the same key fill the gap; of a run without one, its page says which producer it was.
    const action = run.key === null ? `siaran run ${run.id}` : `siaran send FILE --key ${JSON.stringify(run.key)}`;
    return missing === 0 ? [] : [{ ...aboutRun(run, missing), kind: 'missing' as const, action }];
  });
}

function aboutRun(
  run: Pick<RunRow, 'id' | 'account' | 'name'>,
  recipients: number,
): Omit<Attention, 'kind' | 'action'> {
  return {
    runId: run.id,
    batchId: null,
    campaign: null,
    draftId: null,
    account: run.account,
    name: run.name,
    recipients,
    reason: null,
  };
}

/** That nobody works is no trouble where there is no work. */
async function workersEntries(ctx: Context): Promise<Attention[]> {
  const [alive, served, { accounts, campaigns }] = await Promise.all([
    ctx.heartbeats.alive(),
    ctx.heartbeats.servedAccounts(),
    waitingWork(ctx.db),
  ]);
  const none = { ...redisIsAway, action: 'siaran worker' };
  if (alive.length === 0) {
    if (accounts.length + campaigns === 0) return [];
    const recipients = accounts.reduce((sum, { recipients: of }) => sum + of, 0);
    return [{ ...none, account: null, recipients, reason: 'no worker is alive' }];
  }
  return accounts
    .filter(({ account }) => !served.includes(account))
    .map(({ account, recipients }) => ({ ...none, account, recipients, reason: `no worker delivers for ${account}` }));
}

/** What is sent depends on which worker comes first. */
async function disagreeingEntries(ctx: Context): Promise<Attention[]> {
  const found = await dangerousDisagreements(ctx);
  return found.map(({ words }) => ({ ...redisIsAway, kind: 'settings', reason: words }));
}

/** A campaign whose dates no worker could look up isn't fired by any, and nothing else tells it. */
async function unfiredEntries(ctx: Context): Promise<Attention[]> {
  const campaigns = await campaignsWithCalendars(ctx.db, mostUnfired);
  const lacking = await calendarsNobodyHas(
    ctx,
    campaigns.map(({ calendar }) => calendar),
  );
  return campaigns
    .filter(({ calendar }) => lacking.has(calendar))
    .map(({ name, account, calendar }) => ({
      ...{ ...redisIsAway, kind: 'failing', campaign: name, account },
      ...{ reason: whyNobodyFires(calendar), action: showCampaign(name) },
    }));
}
