import type { Delivery, SendingWindow } from './delivery.js';
import { formatDuration } from './duration.js';

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

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function describeWindow({ opensAt, closesAt, days, timeZone }: SendingWindow): string {
  const onDays = days.length === 7 ? '' : ` ${days.map((day) => dayNames[day - 1]).join(',')}`;
  return `${clock(opensAt)}-${clock(closesAt)}${onDays} ${timeZone}`;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
