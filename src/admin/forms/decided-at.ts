import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { currentTime } from '../../store/database.js';

/** Whoever was shown figures has so long to decide: afterwards they may be others. */
const decideWithinMs = 3_600_000;

/** Clocks differ. */
const aheadMs = 60_000;

/**
 * The instant at which somebody decided to fire a campaign, which makes the firing the only one of it.
 * @throws {UsageError} when it isn't of this hour.
 */
export async function decidedAt(ctx: Context, asOf: string): Promise<Date> {
  const at = new Date(asOf);
  const ageMs = (await currentTime(ctx.db)).getTime() - at.getTime();
  if (ageMs >= -aheadMs && ageMs <= decideWithinMs) return at;
  throw new UsageError(
    'asOf, when it was decided, must be within the past hour: look at the figures again, then fire it.',
  );
}
