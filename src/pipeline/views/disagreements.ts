import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { type Disagreement, disagreementsAmong, type Teller } from '../../domain/desk/disagreements.js';
import { digestEach, manyAsOne, readDigests, type SettingDigest } from '../../domain/desk/setting-digests.js';
import { whatCampaignsUse } from '../../store/views/firing-views.js';

/** What a worker tells of its settings, so that one with others is found. */
export function settingsOfWorker(config: Config): SettingDigest[] {
  const ofWorkers = new Map<string, unknown>([
    ['SIARAN_BALANCE_GUARD', config.balanceGuard],
    ['SIARAN_EVIDENCE', config.evidence],
  ]);
  return [...settingsOfAny(config), ...digestEach('variable', ofWorkers)];
}

/** What counts in every process. */
function settingsOfAny({ calendars, namedAudiences, accounts, defaultCountry }: Config): SettingDigest[] {
  const dates = new Map([...calendars].map(([name, calendar]) => [name, [...calendar.keys()]]));
  const withoutSecrets = new Map(
    [...accounts].map(([name, { appId, baseUrl, portfolio, rateLimit, approvalAbove }]) => [
      name,
      [appId, baseUrl, portfolio, rateLimit, approvalAbove],
    ]),
  );
  return [
    ...digestEach('calendar', dates),
    ...digestEach('audience', namedAudiences),
    ...digestEach('account', withoutSecrets),
    ...digestEach('variable', new Map([['SIARAN_DEFAULT_COUNTRY', defaultCountry]])),
  ];
}

/** What workers that are alive, and this process, don't agree on; and how many of these workers tell it. */
export async function disagreementsWithWorkers(
  ctx: Context,
): Promise<{ workers: number; disagreements: Disagreement[] }> {
  const workers = await tellingWorkers(ctx);
  const isOne = workers.some(({ who }) => who === ctx.worker);
  const here: Teller = { who: 'this process', settings: settingsOfAny(ctx.config) };
  return { workers: workers.length, disagreements: disagreementsAmong(isOne ? workers : [...workers, here]) };
}

/**
 * What workers that are alive have otherwise, and goes otherwise by it: which of them comes first then decides what is sent. Calendars and
 * audiences count while a campaign that isn't paused uses them.
 */
export async function dangerousDisagreements(ctx: Context): Promise<Disagreement[]> {
  const otherwise = disagreementsAmong(await tellingWorkers(ctx)).filter(({ isOtherwise }) => isOtherwise);
  if (otherwise.length === 0) return [];
  const { calendars, audiences } = await whatCampaignsUse(ctx.db);
  return otherwise.filter(({ kind, name }) => {
    if (kind === 'calendar') return name === manyAsOne ? calendars.length > 0 : calendars.includes(name);
    if (kind !== 'audience') return true;
    return audiences.some((used) => (name === manyAsOne ? used.startsWith('named:') : used === `named:${name}`));
  });
}

/**
 * Which of these calendars no worker at work has, so that none of them fires a campaign of it. It isn't known while none is at work, or
 * one doesn't tell its settings, as an older one.
 */
export async function calendarsNobodyHas(
  { heartbeats }: Context,
  calendars: readonly string[],
): Promise<ReadonlySet<string>> {
  if (calendars.length === 0) return new Set();
  const told = (await heartbeats.settings()).map(({ settings }) => readDigests(settings));
  const had = new Set(
    told.flatMap((settings) => settings ?? []).flatMap(([kind, name]) => (kind === 'calendar' ? name : [])),
  );
  if (told.length === 0 || told.includes(undefined) || had.has(manyAsOne)) return new Set();
  return new Set(calendars.filter((calendar) => !had.has(calendar)));
}

async function tellingWorkers({ heartbeats }: Context): Promise<Teller[]> {
  const told = await heartbeats.settings();
  return told.flatMap(({ worker, settings }) => {
    const read = readDigests(settings);
    return read ? [{ who: worker, settings: read }] : [];
  });
}
