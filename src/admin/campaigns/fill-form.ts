import type { Fitting } from '../../domain/columns/column-map.js';
import { formatHours, formatPace, formatWindowDays } from '../../domain/delivery/describe-delivery.js';
import { formatRetryText } from '../../domain/resending/retry-after-failure.js';
import { writeDaySchedule } from '../../domain/schedules/day-schedule-text.js';
import type { Template } from '../../domain/templates/template.js';
import { labelOf } from '../../domain/templates/template.js';
import { formatDuration } from '../../domain/timing/duration.js';
import type { CampaignView } from '../../pipeline/campaigns/view-campaign.js';
import type { WrittenCampaign } from './read-form.js';

/** The form of a campaign that is to be added. */
export const emptyForm: WrittenCampaign = {
  ...{ name: '', account: 'default', template: '', templateDetailId: '', columns: '', audience: '' },
  ...{ when: 'days', times: '', dayKind: 'every', weekday: [], monthDays: '', cron: '', once: '', timeZone: '' },
  ...{ window: '', windowDays: '', pace: '', dailyLimit: '', tooLateAfter: '', prepareAhead: '' },
  ...{ maxRejected: '', approvalAbove: '', approveOnce: '', catchUp: 'latest' },
  ...{ handOver: '', first: '', map: '', delivery: 'bulk', skipDates: '', calendar: '' },
  ...{ channelId: '', force: '', often: '', ignoreColumns: '' },
  ...{ retryAfterFailure: '', values: 'reject', separator: ',' },
};

/** The form of a campaign as it stands. */
export function filledForm(campaign: CampaignView, templates: readonly Template[]): WrittenCampaign {
  const { delivery, prepareAheadMs, templateDetailId, account } = campaign;
  const { window, pace, dailyLimit, tooLateAfterMs, handOverAheadMs, first, individual, channelId } = delivery;
  const known = templates.find((one) => one.account === account && one.templateDetailId === templateDetailId);
  return {
    ...emptyForm,
    ...{ name: campaign.name, account, audience: campaign.audience, catchUp: campaign.catchUp },
    ...(known ? { template: labelOf(known) } : { templateDetailId: String(templateDetailId) }),
    columns: campaign.columns.join(', '),
    ...scheduleFields(campaign),
    ...{ skipDates: campaign.skipDates.join(', '), calendar: campaign.calendar ?? '' },
    timeZone: campaign.timeZone ?? window?.timeZone ?? '',
    ...(window && {
      window: formatHours(window),
      windowDays: window.days.length === 7 ? '' : formatWindowDays(window),
    }),
    pace: pace ? formatPace(pace) : '',
    dailyLimit: dailyLimit === null ? '' : String(dailyLimit),
    tooLateAfter: tooLateAfterMs === null ? '' : formatDuration(tooLateAfterMs),
    prepareAhead: prepareAheadMs === 0 ? '' : formatDuration(prepareAheadMs),
    maxRejected: campaign.maxRejected ?? '',
    approvalAbove: campaign.approvalAbove === null ? '' : String(campaign.approvalAbove),
    approveOnce: campaign.approveOnce ? 'yes' : '',
    handOver: handOverAheadMs === null ? '' : formatDuration(handOverAheadMs),
    first: first === null ? '' : String(first),
    delivery: individual ? 'individual' : 'bulk',
    ...{ channelId: channelId === null ? '' : String(channelId), force: individual?.force ? 'yes' : '' },
    ...{ values: campaign.values, separator: campaign.separator },
    retryAfterFailure: campaign.retryAfterFailure === null ? '' : formatRetryText(campaign.retryAfterFailure),
    ...fittingFields(campaign),
  };
}

/** How heads become columns, as the form has it. */
export function fittingFields({ map, ignoreColumns }: Fitting): Pick<WrittenCampaign, 'map' | 'ignoreColumns'> {
  const lines = Object.entries(map).map(([head, column]) => `${head} = ${column}`);
  return { map: lines.join('\n'), ignoreColumns: ignoreColumns.join('\n') };
}

/** Times and days wherever its cron can be said so. */
function scheduleFields({ schedule, timeZone }: CampaignView): Partial<WrittenCampaign> {
  if (timeZone === null) return { when: 'once', once: schedule };
  const days = writeDaySchedule(schedule);
  if (!days) return { when: 'cron', cron: schedule };
  const { times, weekdays, monthDays } = days;
  const dayKind = monthDays !== '' ? 'month' : weekdays.length > 0 ? 'weekdays' : 'every';
  return { when: 'days', times, dayKind, weekday: [...weekdays], monthDays, cron: schedule };
}
