import type { Case, Column, Measurement, Table } from './case.js';
import { times, whole } from './figures.js';
import type { Machine } from './machine.js';
import { type RatioLine, ratioLines, type Standing, standings } from './measures/statistics.js';
import type { Options } from './options.js';

export type CaseResult = { case: Case; measurements: readonly Measurement[] };

export function machineText({ versions, cores, processor, memoryBytes, load }: Machine): string {
  const { siaran, node, postgres, redis } = versions;
  const memory = `${Math.round(memoryBytes / 1024 ** 3)} GB`;
  return [
    `Siaran ${siaran}, Node ${node}, Postgres ${postgres} (fsync on), Redis ${redis} (append-only file, every second)`,
    `${cores} cores (${processor}), ${memory} of memory, everything on this one machine; load before: ${load.toFixed(1)}`,
  ].join('\n');
}

/** A case as a person reads it; its tables are Markdown. */
export function caseText({ case: one, measurements }: CaseResult): string {
  const standing = standings(measurements);
  const tables = one.tables.map((table) => tableText(table, standing, one.unit));
  const ratios = ratioLines(one, measurements).map((line) => ratioText(one, line));
  const notes = one.notes.map((note) => `- ${note}`);
  return [`## ${one.name}: ${one.describe}`, ...tables, ratios.join('\n'), notes.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What a quick run says: that all was done as it should be, and nothing of how fast. */
export function checkedText(results: readonly CaseResult[]): string {
  const count = results.reduce((sum, { measurements }) => sum + measurements.length, 0);
  return `${count} measurements of ${results.length} cases: each recipient was sent to once, and each status was written.\n`;
}

export function resultsJson(machine: Machine, options: Options, results: readonly CaseResult[]): object {
  const cases = results.map(({ case: one, measurements }) => ({
    name: one.name,
    describe: one.describe,
    notes: one.notes,
    measurements,
    standings: standings(measurements),
    ratios: ratioLines(one, measurements),
  }));
  return { ...machine, options, cases };
}

function tableText({ title, columns }: Table, standing: readonly Standing[], unit = 'recipients'): string {
  const shown = columns.filter(({ figure }) => standing.some(({ figures }) => figures[figure] !== undefined));
  const header = ['contender', unit, 'rounds', ...shown.map((column) => titleOf(column))];
  const rows = standing.map((one) => [
    one.contender,
    whole(one.recipients),
    String(one.rounds),
    ...shown.map((column) => cell(column, one)),
  ]);
  const widths = header.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) => {
    const padded = cells.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const text = [line(header), rule, ...rows.map(line)].join('\n');
  return title === undefined ? text : `${title}\n\n${text}`;
}

function titleOf({ title, spread }: Column): string {
  return spread ? `${title} (least–most)` : title;
}

function cell({ figure, shown, spread }: Column, { figures, rounds }: Standing): string {
  const summary = figures[figure];
  if (!summary) return '–';
  const median = shown(summary.median);
  return spread && rounds > 1 ? `${median} (${shown(summary.least)}–${shown(summary.most)})` : median;
}

function ratioText(one: Case, { text, figure, median, least, most }: RatioLine): string {
  const title =
    one.tables.flatMap(({ columns }) => columns).find((column) => column.figure === figure)?.title ?? figure;
  return `${title}, ${text}: ${times(median)} (least ${times(least)}, most ${times(most)})`;
}
