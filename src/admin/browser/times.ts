const clock = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/** Writes instants as the clock of whoever reads has them; what the server wrote, in UTC, stays as their title. */
export function localise(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[datetime]:not([title])')) {
    element.title = element.textContent ?? '';
    element.textContent = clock.format(new Date(element.dateTime));
  }
}
