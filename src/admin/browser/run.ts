import { Grid } from './grid.js';
import { refresh } from './live.js';

const head = document.querySelector<HTMLElement>('[data-run]');
const runId = head?.dataset.run ?? '';
const canvas = document.querySelector<HTMLCanvasElement>('#grid');
const told = document.querySelector<HTMLElement>('#grid-told');
const grid = canvas && told ? new Grid(canvas, told, runId) : undefined;
// One that fails is drawn after the first change.
grid?.load().catch(() => undefined);

const againAfterMs = 3_000;

if (runId !== '' && head?.dataset.finished === undefined) watch();

/**
 * Each change of the run brings the page up to date. The browser connects again by itself when the server was away. While
 * nobody looks nothing is watched: a browser has few connections to a server, and pages that are forgotten would take them all.
 */
function watch(): void {
  let events: EventSource | undefined;
  let isOver = false;
  const connect = () => {
    events?.close();
    events = undefined;
    if (document.hidden || isOver) return;
    events = new EventSource(`/api/v1/runs/${runId}/events`);
    events.addEventListener('run', () => void update());
    // It connects again by itself, but not after an answer that refuses, as a server's that is being stopped. Meanwhile it is
    // told that the page isn't up to date.
    events.addEventListener('error', () => {
      if (events?.readyState === EventSource.CLOSED) setTimeout(connect, againAfterMs);
      void refresh();
    });
    events.addEventListener('end', () => {
      isOver = true;
      events?.close();
      void update();
    });
  };
  document.addEventListener('visibilitychange', connect);
  connect();
}

let again = false;
let busy = false;

/** A change that comes while one is shown is shown afterwards: the last one always is. */
async function update(): Promise<void> {
  again = true;
  if (busy) return;
  busy = true;
  while (again) {
    again = false;
    // Batches that could not be fetched are drawn after the next change; `refresh` says that the page is old.
    await Promise.allSettled([refresh(), grid?.load()]);
  }
  busy = false;
}
