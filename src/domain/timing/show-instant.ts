const formats = new Map<string | undefined, Intl.DateTimeFormat>();

/**
 * An instant as people read it by the clock of a time zone (IANA), with the zone's name: `Thu 31 Dec 2026 09:00 WIB`. Seconds
 * are shown unless they are zero. A zone whose short name isn't used in one country alone is shown as its offset: `UTC+5:30`.
 * @param at a date, or ISO 8601 with an offset.
 * @param timeZone default: the machine's.
 */
export function showInstant(at: Date | string, timeZone?: string): string {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(new Date(at))
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const seconds = part('second') === '00' ? '' : `:${part('second')}`;
  const date = `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
  return `${date} ${part('hour')}:${part('minute')}${seconds} ${zoneName(part('timeZoneName'), timeZone)}`;
}

/** Making one takes far longer than using it. */
function formatOf(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    ...(timeZone !== undefined && { timeZone }),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  });
  formats.set(timeZone, made);
  return made;
}

/** English has no short names for Indonesia's zones, which everybody there writes. */
const indonesian = new Map([
  ['Asia/Jakarta', 'WIB'],
  ['Asia/Pontianak', 'WIB'],
  ['Asia/Makassar', 'WITA'],
  ['Asia/Ujung_Pandang', 'WITA'],
  ['Asia/Jayapura', 'WIT'],
]);

function zoneName(offset: string, timeZone: string | undefined): string {
  const zone = formatOf(timeZone).resolvedOptions().timeZone;
  return indonesian.get(zone) ?? offset.replace(/^GMT(\+0$)?/, 'UTC');
}
