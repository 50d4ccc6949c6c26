import { Grid } from './grid.js';
import { refresh } from './live.js';

const head = document.querySelector<HTMLElement>('[data-run]');
const runId = head?.dataset.run ?? '';
const canvas = document.querySelector<HTMLCanvasElement>('#grid');
const told = document.querySelector<HTMLElement>('#grid-told');
const grid = canvas && told ? new Grid(canvas, told, runId) : undefined;
void grid?.load();

if (runId !== '' && head?.dataset.finished === undefined) watch();

/** Each change of the run brings the page up to date. The browser connects again by itself when the server was away. */
function watch(): void {
  const events = new EventSource(`/api/v1/runs/${runId}/events`);
  events.addEventListener('run', () => void update());
  events.addEventListener('end', () => {
    events.close();
    void update();
  });
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
    await Promise.all([refresh(), grid ? grid.load() : undefined]);
    // The first batch has come: the page has a grid now.
    if (!grid && document.querySelector('#grid-section') && (await hasBatches())) location.reload();
  }
  busy = false;
}

async function hasBatches(): Promise<boolean> {
  const response = await fetch(`/api/v1/runs/${runId}/grid`);
  return response.ok && ((await response.json()) as { states: string }).states !== '';
}
