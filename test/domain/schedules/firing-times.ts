import { latestOccurrences, occurrences, type Schedule, withoutSkips } from '../../../src/domain/schedules/schedule.js';

export function between(cron: string, timeZone: string, after: string, until: string): string[] {
  return occurrences(withoutSkips({ cron, timeZone }), new Date(after), new Date(until), 1000).map((at) =>
    at.toISOString().replace(':00.000Z', 'Z'),
  );
}

export const latestOccurrence = (schedule: Schedule, after: Date, until: Date) =>
  latestOccurrences(withoutSkips(schedule), after, until, 1)[0];
