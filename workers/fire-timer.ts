import type { Context } from '../src/context.js';
import { fireDue } from '../src/pipeline/campaigns/fire.js';
import { type Repeating, repeat } from './repeat.js';

/** How often campaigns are looked at; a schedule is exact to a minute. */
const everyMs = 10_000;

/** Fires what is due. Each worker looks for itself: Postgres decides an instant once, however many ask. */
export function startFireTimer(ctx: Context): Repeating {
  return repeat(
    everyMs,
    () => fireDue(ctx),
    (err) => ctx.logger.warn({ err }, 'no campaign fired'),
  );
}
