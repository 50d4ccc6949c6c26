import type { MessageResults, RunResults } from '../../pipeline/views/view-results.js';
import type { MessageCounts } from '../../store/views/results.js';
import { type Html, html } from './html.js';
import { table } from './parts.js';
import { count, time } from './words.js';

const steps = [
  ['sent', 'scheduled', 'Sent'],
  ['delivered', 'scheduled', 'Delivered'],
  ['read', 'scheduled', 'Read'],
  ['failed', 'failed', 'Failed before delivery'],
  ['failedAfterDelivered', 'failed', 'Failed after delivery'],
  ['unanswered', 'buffered', 'Nothing told yet'],
] as const;

/** How far messages came, a bar for each step, all of what was handed over. */
export function funnel(of: MessageCounts): Html {
  const shown = steps.filter(([step]) => of[step] > 0 || step === 'sent' || step === 'delivered' || step === 'read');
  return html`<p class="sum"><b>${count(of.handedOver)}</b> handed over${
    of.inferred > 0 && html` <span class="faint">${count(of.inferred)} matched by number and time</span>`
  }</p>
<dl class="funnel">${shown.map(
    ([step, colour, name]) =>
      html`<div><dt>${name}</dt><dd><svg width="100%" height="14" aria-hidden="true"><rect class="fill-${colour}" width="${of.handedOver === 0 ? '0' : ((100 * of[step]) / of.handedOver).toFixed(2)}%" height="100%"/></svg><span><b>${count(of[step])}</b> <span class="faint">${shareOf(of[step], of.handedOver)}</span></span></dd></div>`,
  )}</dl>`;
}

/** `87.3 %` of what was handed over. */
export function shareOf(value: number, handedOver: number): string {
  return handedOver === 0 ? '' : `${((100 * value) / handedOver).toFixed(1)} %`;
}

/** Why messages failed, and what to do. */
export function messageFailures({ reasons }: MessageResults, exportPath?: (code: number) => string): Html {
  if (reasons.length === 0) return html``;
  return html`<h3>Why messages failed</h3>${table(
    'Why messages failed',
    ['Code', 'Failed', 'After delivery', 'What it means', 'What to do'],
    reasons.map(({ code, count: failed, afterDelivered, meaning, advice }) => [
      code === null
        ? 'none'
        : exportPath
          ? html`<a href="${exportPath(code)}" download>${String(code)}</a>`
          : String(code),
      failed,
      afterDelivered,
      html`<span class="words">${meaning}</span>`,
      html`<span class="words">${advice}</span>`,
    ]),
  )}`;
}

/** How the results came in. */
export function resultsByHour({ hours, handedOver }: Pick<RunResults, 'hours' | 'handedOver'>): Html {
  if (hours.length < 2) return html``;
  const cell = (value: number) => ({
    content: html`${count(value)} <span class="faint">${shareOf(value, handedOver)}</span>`,
    number: true as const,
  });
  return html`<details><summary>How they came in, hour by hour</summary>${table(
    'What had been told by the end of each hour',
    ['Hour', 'Sent', 'Delivered', 'Read', 'Failed'],
    hours.map(({ hour, sent, delivered, read, failed }) => [time(hour), ...[sent, delivered, read, failed].map(cell)]),
  )}</details>`;
}
