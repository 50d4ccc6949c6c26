import type { Context } from '../../context.js';
import { formatDuration } from '../../domain/timing/duration.js';
import { handOverSpan, type Throughput, throughputOf } from '../../store/views/throughput.js';
import { type Html, html } from './html.js';
import { table } from './parts.js';
import { count, recipients, time } from './words.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const bucketSizes = [1, 2, 5, 10, 15, 30]
  .map((seconds) => seconds * second)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute))
  .concat([1, 2, 3, 6, 12, 24].map((hours) => hours * hour));
const mostBars = 60;
const height = 96;

/** How many recipients were handed over when, as a chart and as a table. */
export async function throughputChart(ctx: Context, runId: string): Promise<Html> {
  const span = await handOverSpan(ctx.db, runId);
  if (!span) return html`<p class="empty">Nothing was handed over so far.</p>`;
  const bucketMs = bucketOf(span.to.getTime() - span.from.getTime());
  const from = new Date(Math.floor(span.from.getTime() / bucketMs) * bucketMs);
  const measured = await throughputOf(ctx.db, runId, from, bucketMs);
  return draw(measured, { from, to: span.to, bucketMs });
}

/** The smallest stretch of which there are no more than the chart has room for. */
function bucketOf(spanMs: number): number {
  const size = bucketSizes.find((bucketMs) => spanMs / bucketMs < mostBars - 1);
  return size ?? Math.ceil(spanMs / (mostBars - 1) / (24 * hour)) * 24 * hour;
}

function draw(
  measured: readonly Throughput[],
  { from, to, bucketMs }: { from: Date; to: Date; bucketMs: number },
): Html {
  const bars = Math.floor((to.getTime() - from.getTime()) / bucketMs) + 1;
  const most = Math.max(...measured.map((bucket) => bucket.recipients));
  const each = formatDuration(bucketMs);
  const width = Math.min(100 / bars, 4);
  const pieces = measured.map(({ at, recipients: value }) => {
    const place = (at.getTime() - from.getTime()) / bucketMs;
    const tall = Math.max(1, (height * value) / most);
    return html`<rect x="${(place * width).toFixed(3)}%" width="${(width * 0.85).toFixed(3)}%" y="${(height - tall).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
  });
  const label = `Recipients handed over in each ${each}: at most ${count(most)}.`;
  return html`<figure class="chart"><figcaption>In each <b>${each}</b>, at most <b>${recipients(most)}</b>; from ${time(from)} to ${time(to)}</figcaption>
<svg width="100%" height="${height}" role="img" aria-label="${label}">${pieces}</svg>
<details><summary>As a table</summary>${table(
    label,
    ['From', 'Recipients'],
    measured.map(({ at, recipients: value }) => [time(at), value]),
  )}</details></figure>`;
}
