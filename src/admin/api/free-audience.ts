import type { Config } from '../../config/config.js';
import { parseAudience } from '../../domain/campaigns/audience.js';
import { UsageError } from '../../errors.js';

/**
 * Refuses queries and paths that a client writes itself: with them, who may add a campaign may read whatever audiences can be read
 * from. @throws {UsageError}
 */
export function refuseFreeAudience({ freeAudiences, namedAudiences }: Config, text: string | null | undefined): void {
  const parsed = parseAudience(text ?? '');
  // What is no audience is refused for that.
  if (freeAudiences || !parsed.ok) return;
  const { kind } = parsed.audience;
  if (kind === 'named' || kind === 'function') return;
  const names = [...namedAudiences.keys()].slice(0, 20).join(', ');
  throw new UsageError(
    `An audience ${kind}:… isn't taken over HTTP. Give named:NAME, of those that SIARAN_AUDIENCES_FILE names (${names || 'none'}), or function:NAME. SIARAN_FREE_AUDIENCES=on, where the admin runs, lets clients write their own.`,
  );
}
