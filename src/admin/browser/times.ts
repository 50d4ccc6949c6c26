const clock = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Says once whose clock it is: `those of Asia/Jakarta (GMT+7), as this browser has it`. */
export function tellClock(place: HTMLElement | null): void {
  if (!place) return;
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts();
  const offset = zone.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  place.textContent = `those of ${clock.resolvedOptions().timeZone} (${offset}), as this browser has it; point at one to see it in UTC`;
}

/** Shows instants in the reader's time zone; the server's text, in UTC, stays as their title. */
export function localise(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[datetime]:not([title])')) {
    element.title = element.textContent ?? '';
    element.textContent = clock.format(new Date(element.dateTime));
  }
}
