import { approvalSetting } from '../../domain/campaigns/approval-words.js';
import { audienceReadWords, firingWords } from '../../domain/campaigns/firing-words.js';
import { describeDelivery } from '../../domain/delivery/describe-delivery.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { describeRetryAfterFailure } from '../../domain/resending/retry-after-failure.js';
import { skippedMonths } from '../../domain/schedules/cron-fields.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import type { NextFiring } from '../../pipeline/campaigns/forecast.js';
import type { CampaignVersionView, CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import type { FiringStatus } from '../../store/firings.js';
import { describeForecast } from './describe-forecast.js';
import { inOneLine } from './in-one-line.js';
import { bold, dim, green, red, table, yellow } from './output.js';

/** A campaign for people, in full. */
export function describeCampaign(told: CampaignView): string {
  const campaign = inOneLine(told);
  const { prepareAheadMs, catchUp, timeZone, columns, map, ignoreColumns } = campaign;
  const zone = zoneOf(campaign);
  const skipped = timeZone === null ? undefined : skippedMonths(campaign.schedule);
  const lines: [string, string][] = [
    ['status', campaign.status === 'active' ? green('active') : yellow(campaign.status)],
    ['paused', campaign.pausedReason === null ? '' : red(campaign.pausedReason)],
    ['failing', campaign.failing === null ? '' : red(describeFailing(campaign.failing, zone))],
    ['version', describeVersion(campaign, zone)],
    ['next', describeNext(campaign, zone)],
    ['', campaign.calendarWarning === null ? '' : yellow(`Warning: ${campaign.calendarWarning}`)],
    ['schedule', timeZone === null ? showInstant(campaign.schedule, zone) : `${campaign.schedule}  ${timeZone}`],
    [
      'skips',
      [...campaign.skipDates, ...(campaign.calendar === null ? [] : [`calendar ${campaign.calendar}`])].join(', '),
    ],
    ['', skipped === undefined ? '' : yellow(`Warning: ${skipped}`)],
    ['read', audienceReadWords(prepareAheadMs)],
    ['missed', { skip: 'skipped', latest: 'the latest is made up for', all: 'all are made up for' }[catchUp]],
    ['account', campaign.account === 'default' ? '' : campaign.account],
    ['template', String(campaign.templateDetailId)],
    ['columns', columns.join(', ')],
    ['values', campaign.values === 'reject' ? '' : campaign.values],
    ['rejected', campaign.maxRejected === null ? '' : `at most ${campaign.maxRejected}, or nothing is sent`],
    ['again', campaign.retryAfterFailure === null ? '' : describeRetryAfterFailure(campaign.retryAfterFailure)],
    ['approval', approvalSetting(campaign)],
    ['audience', campaign.audience],
    [
      'map',
      Object.entries(map)
        .map(([head, column]) => `${head} → ${column === '' ? 'left out' : column}`)
        .join(', '),
    ],
    ['left out', ignoreColumns.join(', ')],
    ['limits', describeDelivery(campaign.delivery)],
  ];
  const shown = lines.filter(([, text]) => text !== '').map(([name, text]) => `  ${name.padEnd(8)}  ${text}`);
  const firings = campaign.firings.map((firing) => {
    const { at, status, runId, reason, version, replacedRuns } = firing;
    const colour = status === 'prepared' && reason !== null ? yellow : colourOf(status);
    return `  ${showInstant(at, zone)}  ${colour(firingWords(firing).padEnd(9))}  ${[runId, version === campaign.version ? null : `version ${version}`, replaced(replacedRuns, runId), reason].filter(Boolean).join('  ')}`;
  });
  return [
    `Campaign ${bold(campaign.name)}`,
    ...shown,
    ...(firings.length === 0 ? [] : ['', bold('Latest firings'), ...firings]),
  ].join('\n');
}

/** The next firings, and what is skipped among them. */
function describeNext({ firesNext, skipsNext, calendarWarning }: CampaignView, zone: string | undefined): string {
  if (firesNext.length + skipsNext.length === 0) return calendarWarning === null ? 'does not fire' : 'not known here';
  const lines = [
    ...firesNext.map((at) => ({ at, told: '' })),
    ...skipsNext.map(({ at, reason }) => ({ at, told: `  ${yellow('skipped')}  ${reason}` })),
  ];
  return lines
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, told }) => `${showInstant(at, zone)}${told}`)
    .join(`\n${' '.repeat(12)}`);
}

function describeFailing({ at, reason }: NonNullable<CampaignView['failing']>, zone: string | undefined): string {
  const why = reason ?? 'nobody noted why';
  return at === null ? why : `${showInstant(at, zone)}: ${why}`;
}

/** The first version needs no word. */
function describeVersion({ version, changedAt, changedBy }: CampaignView, zone: string | undefined): string {
  if (version === 1) return '';
  return `${version}, changed ${showInstant(changedAt, zone)}${changedBy === null ? '' : ` by ${changedBy}`}`;
}

function replaced(runs: readonly string[], runId: string | null): string | null {
  return runs.length === 0 || runId === null ? null : `fired anew in place of ${runs.join(', ')}`;
}

export function describeCampaigns(campaigns: readonly CampaignView[]): string {
  const heads = ['campaign', 'status', 'next', 'schedule', 'time zone', 'audience'];
  return table(
    heads,
    campaigns.map((campaign) => [
      campaign.name,
      campaign.failing === null ? campaign.status : `${campaign.status}, failing`,
      campaign.nextAt === null ? '-' : showInstant(campaign.nextAt, zoneOf(campaign)),
      campaign.timeZone === null ? showInstant(campaign.schedule, zoneOf(campaign)) : campaign.schedule,
      campaign.timeZone ?? '-',
      showMasked(campaign.audience).slice(1, -1),
    ]),
  );
}

/** A campaign's versions, the latest first, each with what it changed. */
export function describeVersions(versions: readonly CampaignVersionView[], zone: string | undefined): string {
  return versions
    .map((told) => {
      const { version, at, by, changes } = inOneLine(told);
      const what = changes.length > 0 ? changes : [version === 1 ? 'it was added' : 'nothing was changed'];
      const head = `${bold(`Version ${version}`)}  ${showInstant(at, zone)}  ${by === null ? dim('nobody knows by whom') : `by ${by}`}`;
      return [head, ...what.map((change) => `  ${change}`)].join('\n');
    })
    .join('\n');
}

/** Whose clock a campaign's instants are told by; `undefined`: the machine's. */
export function zoneOf({ timeZone, delivery }: CampaignView): string | undefined {
  return timeZone ?? delivery.window?.timeZone;
}

/** @param timeZone whose clock they are told by. */
export function describeNextFirings(firings: readonly NextFiring[], timeZone: string | undefined): string {
  const lines = firings.map((firing) => {
    const what =
      firing.files === null ? dim('its function is registered elsewhere') : describeForecast(firing, timeZone);
    return `  ${showInstant(firing.at, timeZone)}  ${what}`;
  });
  return [bold('Next firings, if its audience stays as it is'), ...lines].join('\n');
}

function colourOf(status: FiringStatus): (text: string) => string {
  return { preparing: yellow, prepared: green, failed: red, skipped: yellow }[status];
}
