import type { Context } from '../../context.js';
import { timeLeftWords } from '../../domain/runs/time-left.js';
import { formatDuration } from '../../domain/timing/duration.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { handOverSpan, recentPace, type Throughput, throughputOf } from '../../store/views/throughput.js';
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

/** How many recipients were handed over when, as a chart and as a table; and how long the rest takes. */
export async function throughputChart(ctx: Context, run: RunView): Promise<Html> {
  const span = await handOverSpan(ctx.db, run.id);
  if (!span) return html`<p class="empty">Nothing was handed over so far.</p>`;
  const bucketMs = bucketOf(span.to.getTime() - span.from.getTime());
  const from = new Date(Math.floor(span.from.getTime() / bucketMs) * bucketMs);
  const measured = await throughputOf(ctx.db, run.id, from, bucketMs);
  const shown =
    measured.length === 1
      ? inOneGo(measured[0]?.recipients ?? 0, span)
      : draw(measured, { from, to: span.to, bucketMs });
  return html`${shown}${await restWords(ctx, run)}`;
}

/** A pause, and what was before it, say nothing about how fast a run goes now. */
const recentMs = 15 * minute;

/** How long the rest takes. While a run is held, waits for its time or is slowed down by its limits, the forecast tells more. */
async function restWords(ctx: Context, run: RunView): Promise<Html | false> {
  const { id, status, held, handOverAt, delivery, recipients: of } = run;
  if (status !== 'sealed' || held || handOverAt !== null || delivery.pace || delivery.window) return false;
  const left = of.buffered + of.pending + of.uploaded + of.sending;
  const pace = left > 0 ? await recentPace(ctx.db, id, recentMs) : undefined;
  const words = pace ? timeLeftWords({ ...pace, left }) : null;
  return (
    words !== null && html`<p class="hint">At this pace the other ${recipients(left)} are handed over in ${words}.</p>`
  );
}

/** The smallest stretch of which there are no more than the chart has room for. */
function bucketOf(spanMs: number): number {
  const size = bucketSizes.find((bucketMs) => spanMs / bucketMs < mostBars - 1);
  return size ?? Math.ceil(spanMs / (mostBars - 1) / (24 * hour)) * 24 * hour;
}

/** Of what went in one stretch, one bar would say no more than its size. */
function inOneGo(value: number, { from, to }: { from: Date; to: Date }): Html {
  // Nobody is shown less than a second.
  const when = to.getTime() - from.getTime() < second ? html`at ${time(to)}` : html`from ${time(from)} to ${time(to)}`;
  return html`<p><b>${recipients(value)}</b> ${when}</p>`;
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
