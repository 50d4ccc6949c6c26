import { refresh } from './live.js';
import { localise, tellClock } from './times.js';

localise(document);
tellClock(document.querySelector('#clock'));

/** Parts that nothing tells of are looked at again every so many seconds. */
const every = Number(document.querySelector<HTMLElement>('[data-every]')?.dataset.every ?? 0);
if (every > 0) setInterval(() => void refresh(), every * 1_000);

// What was sent once isn't sent again by a second, impatient click.
for (const form of document.querySelectorAll<HTMLFormElement>('form[method="post"]'))
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button')) setTimeout(() => (button.disabled = true));
  });
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('form button')) button.disabled = false;
});
