/** The next firings of what is being typed into the form of a campaign. */
type Foretold = { words: string; warning: string | null; next: Line[]; skipped: (Line & { reason: string })[] };

type Line = { at: string; shown: string };

const form = document.querySelector<HTMLFormElement>('#campaign-form');
const place = document.querySelector<HTMLElement>('#foretold');
const waitMs = 300;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking: AbortController | undefined;

if (form && place) {
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void foretell(form, place), waitMs);
  };
  form.addEventListener('input', (event) => {
    if (isOfSchedule(event.target)) later();
  });
}

function isOfSchedule(target: EventTarget | null): boolean {
  const name = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.name : '';
  return [
    'when',
    'times',
    'dayKind',
    'weekday',
    'monthDays',
    'cron',
    'once',
    'timeZone',
    'skipDates',
    'calendar',
  ].includes(name);
}

async function foretell(from: HTMLFormElement, into: HTMLElement): Promise<void> {
  // An answer that comes late is not put in the place of a later one.
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const query = queryOf(new FormData(from));
  if (!query) return into.replaceChildren();
  try {
    const response = await fetch(`/api/v1/schedule?${query}`, { signal });
    const answer: unknown = await response.json();
    if (signal.aborted) return;
    into.replaceChildren(...(response.ok ? firings(answer as Foretold) : [refusal(answer as { detail?: string })]));
  } catch {
    if (!signal.aborted) into.replaceChildren();
  }
}

/** What to ask for; nothing as long as something is still to be written. */
function queryOf(data: FormData): URLSearchParams | undefined {
  const text = (name: string) => String(data.get(name) ?? '').trim();
  const query = new URLSearchParams();
  if (text('timeZone') !== '') query.set('timeZone', text('timeZone'));
  const when = text('when');
  for (const name of when === 'once' ? [] : ['skipDates', 'calendar'])
    if (text(name) !== '') query.set(name, text(name));
  if (when !== 'once' && text('timeZone') === '') return undefined;
  if (when !== 'days') {
    if (text(when) === '') return undefined;
    query.set('schedule', text(when));
    return query;
  }
  if (text('times') === '') return undefined;
  query.set('times', text('times'));
  const kind = text('dayKind');
  if (kind === 'weekdays' && data.getAll('weekday').length === 0) return undefined;
  if (kind === 'month' && text('monthDays') === '') return undefined;
  if (kind === 'weekdays') query.set('weekdays', data.getAll('weekday').join(','));
  if (kind === 'month') query.set('monthDays', text('monthDays'));
  return query;
}

function firings({ words, warning, next, skipped }: Foretold): HTMLElement[] {
  const list = element('ol', '', 'firings');
  const lines = [...next.map((line) => ({ ...line, reason: null })), ...skipped];
  for (const { shown, reason } of lines.sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const line = element('li', reason === null ? shown : `${shown} `, reason === null ? '' : 'skipped');
    if (reason !== null) line.append(element('span', 'skipped', 'mark warn'), ' ', element('span', reason, 'words'));
    list.append(line);
  }
  const told = [element('p', `It fires ${words}:`), list];
  if (warning !== null) told.push(element('p', warning, 'notice'));
  return told;
}

function refusal({ detail }: { detail?: string }): HTMLElement {
  return element('p', detail ?? 'It can not be told at the moment.', 'hint');
}

function element(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}
