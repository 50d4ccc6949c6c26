import { type Options, SingleBar } from 'cli-progress';
import { timeLeftWords } from '../../domain/runs/time-left.js';
import type { Siaran } from '../../library/siaran.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { describeHold, zoneOf } from './describe-run.js';
import { count, forTerminal } from './output.js';

/** Progress is for eyes only. */
export const showsProgress = process.stderr.isTTY === true;

/** What a line of progress says: how far it is, from 0 to 1 if that is known, and words. */
export type ProgressLine = { fraction: number | undefined; text: string };

/**
 * Keeps one line on the terminal up to date, by asking for it ten times a second; the work only has to count.
 * Does nothing where nobody sees it.
 */
export function showProgress(line: () => ProgressLine): { stop(): void } {
  if (!showsProgress) return { stop() {} };
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    format: (options, _params, payload) =>
      forTerminal(formatLine(options, payload as ProgressLine, process.stderr.columns || 80)),
  });
  bar.start(1, 0, line());
  const timer = setInterval(() => bar.update(line()), 100);
  return {
    stop() {
      clearInterval(timer);
      bar.stop();
    },
  };
}

const barLength = 24;
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** Never longer than the terminal is wide, or else every update would leave a line behind. */
function formatLine(_options: Options, { fraction, text }: ProgressLine, columns: number): string {
  if (fraction === undefined) {
    const frame = spinner[Math.floor(Date.now() / 100) % spinner.length];
    return `${frame} ${text}`.slice(0, columns - 1);
  }
  const whole = Math.min(1, Math.max(0, fraction));
  const filled = Math.round(whole * barLength);
  const bar = '█'.repeat(filled) + '░'.repeat(barLength - filled);
  return `${bar} ${String(Math.floor(whole * 100)).padStart(3)}%  ${text}`.slice(0, columns - 1);
}

/**
 * Watches a run until it is finished.
 * @param wait what the watching is raced with, such as an interruption. @throws {NotFoundError}
 */
export async function watchToTheEnd(
  siaran: Siaran,
  runId: string,
  wait: (watching: Promise<void>) => Promise<void> = (watching) => watching,
): Promise<RunView> {
  let latest = await siaran.run(runId);
  const begun = { settled: settledOf(latest), at: Date.now() };
  const shown = showProgress(() => runLine(latest, timeLeft(latest, begun)));
  const watching = async () => {
    for await (const run of siaran.watch(runId)) latest = run;
  };
  try {
    await wait(watching());
    return latest;
  } finally {
    shown.stop();
  }
}

function settledOf({ recipients: { scheduled, failed, unknown, cancelled } }: RunView): number {
  return scheduled + failed + unknown + cancelled;
}

function distinctOf({ recipients: { enqueued, duplicates, suppressed } }: RunView): number {
  return enqueued - duplicates - suppressed;
}

/** How long the rest takes at the pace since somebody began to watch; nothing, while something else decides how long it takes. */
function timeLeft(run: RunView, begun: { settled: number; at: number }): string | null {
  if (run.status !== 'sealed' || run.held || run.handOverAt !== null || run.stalledSince) return null;
  const settled = settledOf(run);
  return timeLeftWords({ done: settled - begun.settled, left: distinctOf(run) - settled, inMs: Date.now() - begun.at });
}

function runLine(run: RunView, left: string | null): ProgressLine {
  const { scheduled, failed, unknown } = run.recipients;
  const [distinct, settled] = [distinctOf(run), settledOf(run)];
  const words = [
    `${count(scheduled)} of ${count(distinct)} scheduled`,
    ...(left === null ? [] : [`${left} left`]),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(unknown > 0 ? [`${count(unknown)} unknown`] : []),
    ...(run.status === 'open' ? [`open: waits for siaran seal ${run.id}`] : []),
    ...(run.stalledSince ? [`stalled since ${run.stalledSince}: is a worker running?`] : []),
    ...(run.held ? [`held: ${describeHold(run.held, run, zoneOf(run))}`] : []),
  ];
  return { fraction: distinct === 0 ? 0 : settled / distinct, text: words.join(' · ') };
}
