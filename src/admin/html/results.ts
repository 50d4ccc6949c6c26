import type { MessageResults, ResultsByHour } from '../../pipeline/views/view-results.js';
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

/** Which recipients the export may be asked for, and how many there are. As it is shown of each: who read it isn't among the delivered. */
const fates = [
  ['failed', 'failed', (of: MessageCounts) => of.failed],
  ['failed_after_delivered', 'failed after delivery', (of: MessageCounts) => of.failedAfterDelivered],
  ['unanswered', 'nothing told', (of: MessageCounts) => of.unanswered],
  ['sent', 'sent, not delivered', (of: MessageCounts) => of.sent - of.delivered],
  ['delivered', 'delivered, not read', (of: MessageCounts) => of.delivered - of.read],
  ['read', 'read', (of: MessageCounts) => of.read],
] as const;

/** The recipients of a run as a file, by what became of their messages. */
export function exportsByFate(of: MessageCounts, exportPath: (query: string) => string): Html {
  const shown = fates.filter(([, , countOf]) => countOf(of) > 0);
  if (shown.length === 0) return html``;
  const links = shown.map(
    ([status, name], at) => html`${at > 0 && ' · '}<a href="${exportPath(`status=${status}`)}" download>${name}</a>`,
  );
  return html`<p class="hint">Export as CSV: ${links}</p>`;
}

/** `87.3 %` of what was handed over. */
export function shareOf(value: number, handedOver: number): string {
  return handedOver === 0 ? '' : `${((100 * value) / handedOver).toFixed(1)} %`;
}

/** Why messages failed, and what to do. */
export function messageFailures({ reasons }: MessageResults, exportPath?: (query: string) => string): Html {
  if (reasons.length === 0) return html``;
  return html`<h3>Why messages failed</h3>${table(
    'Why messages failed',
    ['Code', 'Failed', 'After delivery', 'What it means', 'What to do'],
    reasons.map(({ code, count: failed, afterDelivered, meaning, advice }) => [
      exportPath
        ? html`<a href="${exportPath(`code=${code ?? 'none'}`)}" download>${String(code ?? 'none')}</a>`
        : String(code ?? 'none'),
      failed,
      afterDelivered,
      html`<span class="words">${meaning}</span>`,
      html`<span class="words">${advice}</span>`,
    ]),
  )}`;
}

/** How the results came in. */
export function resultsByHour({ hours, handedOver }: { hours: ResultsByHour; handedOver: number }): Html {
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
