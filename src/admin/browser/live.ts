import { localise } from './times.js';

const soonestMs = 1_000;
/** Longer than the server takes to say that it can't answer. An answer that never ends must not stop the page for good. */
export const deadlineMs = 30_000;

/** What each part was last filled with: a table that the reader opens changes what is on the page. */
const shown = new WeakMap<HTMLElement, string>();
let wanted = false;
let refreshing: Promise<void> | undefined;
let asOf = new Date();
let lastAt = 0;

/**
 * Fetches this page again and puts the parts that have changed in the place of the old ones. Asked often, it does so once a
 * second; while nobody looks, not at all. Asked while it fetches, it fetches once more: what it gets may be older than the change.
 */
export function refresh(): Promise<void> {
  wanted = true;
  refreshing ??= refreshWhileWanted().finally(() => (refreshing = undefined));
  return refreshing;
}

async function refreshWhileWanted(): Promise<void> {
  while (wanted) await refreshOnce();
}

async function refreshOnce(): Promise<void> {
  try {
    await sleep(Math.max(0, lastAt + soonestMs - Date.now()));
    if (document.hidden) await seen();
    lastAt = Date.now();
    wanted = false;
    const signal = AbortSignal.timeout(deadlineMs);
    const response = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual', signal });
    if (response.type === 'opaqueredirect') return tellStale('You are no longer logged in.');
    if (!response.ok) return tellStale('This page could not be brought up to date.');
    swap(new DOMParser().parseFromString(await response.text(), 'text/html'));
    asOf = new Date();
    tellStale(undefined);
  } catch {
    tellStale('The server can not be reached.');
  }
}

/** Tells the reader that what is shown may be old. */
function tellStale(why: string | undefined): void {
  const place = document.querySelector<HTMLElement>('#stale');
  if (!place) return;
  place.hidden = why === undefined;
  const text = why === undefined ? '' : `${why} What is shown is as of ${asOf.toLocaleTimeString()}.`;
  if (place.textContent !== text) place.textContent = text;
}

function swap(fresh: Document): void {
  localise(fresh);
  // It has the number of what needs a person.
  document.title = fresh.title;
  for (const old of document.querySelectorAll<HTMLElement>('[data-live]')) {
    const now = fresh.getElementById(old.id);
    if (!now || now.innerHTML === (shown.get(old) ?? old.innerHTML)) continue;
    shown.set(old, now.innerHTML);
    replaceContent(old, now);
  }
}

/** Keeps the reader's focus and opened tables as they were. */
function replaceContent(old: HTMLElement, now: HTMLElement): void {
  const active = document.activeElement;
  const inside = active instanceof HTMLElement && old.contains(active) ? active : undefined;
  const address = inside?.getAttribute('href');
  const opened = [...old.querySelectorAll('details')].map(({ open }) => open);
  old.replaceChildren(...now.childNodes);
  for (const [at, details] of [...old.querySelectorAll('details')].entries()) details.open = opened[at] ?? false;
  if (!inside) return;
  const same = [...old.querySelectorAll<HTMLElement>('a, button, summary')].find((element) =>
    inside.id !== ''
      ? element.id === inside.id
      : element.tagName === inside.tagName && element.getAttribute('href') === address,
  );
  same?.focus({ preventScroll: true });
}

function seen(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
