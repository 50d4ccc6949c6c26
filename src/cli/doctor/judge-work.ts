import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { activeHolds, type HoldView, isStop } from '../../store/holds.js';
import { unverifiedRuns } from '../../store/views/attention/troubled-runs.js';
import { missingCountry } from '../send/default-country.js';
import { describeHold, liftingCommand } from '../terminal/describe-run.js';
import { type Finding, found } from './check.js';

/** How many of a long list are named. */
const mostNamed = 5;

/** None is no fault: it isn't needed if all numbers are written internationally. */
export function judgeCountry({ defaultCountry }: Config): Finding {
  if (defaultCountry !== undefined) return found(defaultCountry);
  return { ok: true, detail: 'none', todo: `${missingCountry}. Set it to your customers' country, for example ID.` };
}

/** None is no fault: the reader knows whether there should be one. */
export async function countWorkers({ heartbeats }: Context): Promise<Finding> {
  const alive = await heartbeats.alive();
  return found(
    alive.length === 0 ? 'none at work; start one: siaran worker' : `${alive.length} at work: ${alive.join(', ')}`,
  );
}

export async function judgeHolds({ db }: Context): Promise<Finding> {
  const holds = await activeHolds(db);
  if (holds.length === 0) return found('no account is held');
  return {
    ok: false,
    detail: holds.map((hold) => `${hold.account} is held: ${describeHold(hold, { account: hold.account })}`).join('; '),
    todo: whatToDo(holds),
  };
}

/** Runs that are held because rows of theirs in Redis have no valid signature. */
export async function judgeRuns({ db }: Context): Promise<Finding> {
  const runs = await unverifiedRuns(db, mostNamed + 1);
  if (runs.length === 0) return found('all their rows in Redis have the right signature');
  const named = runs.slice(0, mostNamed).map(({ id, reason }) => `${id}: ${reason}`);
  return {
    ok: false,
    detail: [...named, ...(runs.length > mostNamed ? ['and more'] : [])].join('; '),
    todo: `Find out who can write to Redis. Then, for each: siaran resume ${runs[0]?.id ?? 'RUN'}`,
  };
}

function whatToDo(holds: readonly HoldView[]): string {
  const lasting = holds.find((hold) => hold.kind === 'ledger_went_back') ?? holds.find((hold) => hold.until === null);
  if (!lasting)
    return `Fix what it says: sending then goes on by itself. To send at once: siaran resume --account ${holds[0]?.account ?? 'NAME'}`;
  if (isStop(lasting.kind)) return `Once it may go on: ${liftingCommand(lasting.kind, 'RUN', lasting.account)}`;
  return `Look up at Qiscus what was sent, then: ${liftingCommand(lasting.kind, 'RUN', lasting.account)}`;
}
