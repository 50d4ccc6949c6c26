import { showInstant } from '../../domain/timing/show-instant.js';
import type { CampaignResults, MessageResults, RunResults } from '../../pipeline/views/view-results.js';
import type { MessageCounts } from '../../store/views/results.js';
import { inOneLine } from './in-one-line.js';
import { bold, count, dim, table } from './output.js';

export function describeRunResults(told: RunResults): string {
  const results = inOneLine(told);
  return `Run ${bold(results.runId)}  ${results.name}\n${describeMessages(results)}`;
}

/** How far messages came, and why others failed. */
export function describeMessages(results: MessageResults): string {
  return [funnel(results), ...reasons(results)].join('\n');
}

export function describeCampaignResults(told: CampaignResults): string {
  const results = inOneLine(told);
  const { firings } = results;
  const heads = ['fired', 'run', 'handed over', 'sent', 'delivered', 'read', 'failed', 'unanswered'];
  const rows = firings.map(({ at, runId, handedOver, ...of }) => [
    ...[showInstant(at), runId, handedOver],
    ...[of.sent, of.delivered, of.read, of.failed, of.unanswered].map((value) => withShare(value, handedOver)),
  ]);
  return [
    `Campaign ${bold(results.name)}`,
    describeMessages(results),
    ...(rows.length === 0 ? ['', 'It was never fired.'] : ['', table(heads, rows)]),
  ].join('\n');
}

function funnel(of: MessageCounts): string {
  const lines: [string, number][] = [
    ['sent', of.sent],
    ['delivered', of.delivered],
    ['read', of.read],
    ['failed', of.failed],
    ['failed later', of.failedAfterDelivered],
    ['unanswered', of.unanswered],
  ];
  const shown = lines.map(([name, value]) => `  ${name.padEnd(12)}  ${withShare(value, of.handedOver)}`);
  const inferred = of.inferred === 0 ? [] : [dim(`  ${count(of.inferred)} of these are matched by number and time`)];
  return [`  ${'handed over'.padEnd(12)}  ${count(of.handedOver)}`, ...shown, ...inferred].join('\n');
}

/** `1,204 (87.3 %)` */
function withShare(value: number, of: number): string {
  return of === 0 || value === 0 ? count(value) : `${count(value)} (${((100 * value) / of).toFixed(1)} %)`;
}

function reasons({ reasons: all }: MessageResults): string[] {
  if (all.length === 0) return [];
  const lines = all.flatMap(({ code, count: failed, afterDelivered, meaning, advice }) => {
    const later = afterDelivered === 0 ? '' : `${failed === 0 ? '' : ', '}${count(afterDelivered)} after delivery`;
    const many = `${failed === 0 ? '' : count(failed)}${later}`;
    return [`  ${bold(String(code ?? 'no code'))}  ${many}: ${meaning}`, `    ${advice}`];
  });
  return ['', 'Why messages failed:', ...lines];
}
