import type { DeliveryContext } from '../src/context.js';
import { refreshTemplates } from '../src/pipeline/templates/refresh-templates.js';
import { type Repeating, repeat } from './repeat.js';

/** How often it is looked whose turn has come. */
const everyMs = 60_000;

const askAgainAfterMs = 3_600_000;

/** Asks Qiscus for the templates of each account every hour, at first when a worker starts. Where it has no such call, that is no fault. */
export function startTemplatesTimer(ctx: DeliveryContext): Repeating {
  return repeat(
    everyMs,
    async () => {
      if (!ctx.stopping.aborted) await refreshTemplates(ctx, [...ctx.config.accounts.keys()], askAgainAfterMs);
    },
    (err) => ctx.logger.warn({ err }, 'templates not asked for'),
  );
}
