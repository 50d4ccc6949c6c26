import { showMasked } from '../../domain/numbers/mask-number.js';
import { isLabel } from '../../domain/runs/label.js';
import { type Calendar, type Calendars, isDate, showDateText } from '../../domain/schedules/skipped-dates.js';
import { isMapping, readMappingFile } from './yaml-file.js';

const form = "write for each calendar its name, and below it a list of dates, as - 2027-01-01 New Year's Day";

/**
 * Reads the file that SIARAN_CALENDARS_FILE names, if it does: calendars of dates on which campaigns don't fire. `faults` is a sentence
 * for each thing that is wrong.
 */
export function readCalendarsFile(path: string | undefined): { calendars: Calendars; faults: string[] } {
  const calendars = new Map<string, Calendar>();
  if (path === undefined) return { calendars, faults: [] };
  const faults: string[] = [];
  const refuse = (line: number | undefined, fault: string) =>
    faults.push(`SIARAN_CALENDARS_FILE: ${path}${line === undefined ? '' : ` line ${line}:`} ${fault}`);
  const file = readMappingFile(path, form, 'as it is written');
  if (!file.ok) refuse(undefined, file.fault);
  for (const [name, entries] of Object.entries(file.ok ? file.mapping : {})) {
    const line = file.ok ? file.lineOf(name) : undefined;
    if (!isLabel(name))
      refuse(line, `has the calendar ${showMasked(name)}: a name has 1 to 200 characters in one line`);
    // Without a date it would skip nothing, which nobody means.
    else if (!isFilled(entries)) refuse(line, `has the calendar ${showMasked(name)} without a list of dates; ${form}`);
    else
      calendars.set(
        name,
        readDates(entries, (fault) => refuse(line, `has the calendar ${showMasked(name)}, in which ${fault}`)),
      );
  }
  return { calendars, faults };
}

function isFilled(entries: unknown): entries is unknown[] | Record<string, unknown> {
  return Array.isArray(entries) ? entries.length > 0 : isMapping(entries) && Object.keys(entries).length > 0;
}

/** A colon behind a date makes a mapping of it in YAML. */
function linesOf(entries: unknown): unknown[] {
  if (Array.isArray(entries)) return entries.flatMap((entry) => (isMapping(entry) ? linesOf(entry) : [entry]));
  return Object.entries(entries as object).map(([date, label]) =>
    typeof label === 'string' ? `${date} ${label}` : label,
  );
}

function readDates(entries: unknown, refuse: (fault: string) => void): Calendar {
  const dates = new Map<string, string>();
  for (const entry of linesOf(entries)) {
    const [, date = '', label = ''] = /^\s*(\S+)(?:\s+(.*?))?\s*$/s.exec(typeof entry === 'string' ? entry : '') ?? [];
    if (!isDate(date)) refuse(`${showDateText(String(entry))} is no date; write 2027-01-01, and behind it what it is`);
    // A range would skip its first date only, and message people on the others.
    else if (/\d{4}-\d{1,2}-\d{1,2}/.test(label))
      refuse(`${date} has another date behind it; write each date on a line of its own`);
    else if (label !== '' && !isLabel(label))
      refuse(`what ${date} is called has a line break or more than 200 characters`);
    // Two holidays may fall on one date.
    else dates.set(date, [dates.get(date), label].filter(Boolean).join(', '));
  }
  return new Map([...dates].sort(([a], [b]) => (a < b ? -1 : 1)));
}
