import { weekdays } from '../schedules/day-schedule.js';
import { formatDuration } from '../timing/duration.js';
import type { Delivery, Pace, SendingWindow } from './delivery.js';

/** Pace, window and limits in words; empty when there are none. */
export function describeDelivery(delivery: Delivery): string {
  const { pace, window, dailyLimit, channelId, handOverAheadMs, first, tooLateAfterMs, individual } = delivery;
  const words = [
    ...(individual ? [`individually as ${individual.templateName} (${individual.language})`] : []),
    ...(pace ? [`${count(pace.recipients)} in ${formatDuration(pace.durationMs)}`] : []),
    ...(window ? [describeWindow(window)] : []),
    ...(dailyLimit === null ? [] : [`${count(dailyLimit)} a day`]),
    ...(channelId === null ? [] : [`channel ${channelId}`]),
    ...(handOverAheadMs === null ? [] : [`handed over ${formatDuration(handOverAheadMs)} ahead`]),
    ...(first === null ? [] : [`first ${count(first)}`]),
    ...(tooLateAfterMs === null ? [] : [`not later than ${formatDuration(tooLateAfterMs)} after its time`]),
  ];
  return words.join(' · ');
}

function describeWindow(window: SendingWindow): string {
  const onDays = window.days.length === 7 ? '' : ` ${formatWindowDays(window)}`;
  return `${formatHours(window)}${onDays} ${window.timeZone}`;
}

/** The setting `pace`, as people write it. */
export function formatPace({ recipients, durationMs }: Pace): string {
  return `${recipients}/${formatDuration(durationMs)}`;
}

/** The setting `window`, as people write it. */
export function formatHours({ opensAt, closesAt }: SendingWindow): string {
  return `${clock(opensAt)}-${clock(closesAt)}`;
}

/** The setting `windowDays`, as people write it. */
export function formatWindowDays({ days }: SendingWindow): string {
  return days.map((day) => weekdays[day - 1]).join(',');
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
