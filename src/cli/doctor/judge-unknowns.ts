import type { Context } from '../../context.js';
import { describeEvidence } from '../../domain/statuses/evidence.js';
import { type UnknownBatch, unknownBatches } from '../../store/evidence.js';
import type { Finding } from './check.js';

/** How many are named; `siaran runs` shows all. */
const mostNamed = 5;

/** Whether any batch waits for an operator to look it up at Qiscus, and what callbacks tell of it. */
export async function judgeUnknowns({ db }: Context): Promise<Finding> {
  const unknown = await unknownBatches(db, mostNamed + 1);
  if (unknown.length === 0) return { ok: true, detail: 'no batch is unknown' };
  const named = unknown.slice(0, mostNamed).map(describe).join('; ');
  return {
    ok: false,
    detail: `it is not known whether these were sent: ${named}${unknown.length > mostNamed ? '; and more' : ''}`,
    todo: 'Look each up at Qiscus by the beginning of its name, then: siaran resolve BATCH --sent JOB_ID, or --not-sent',
  };
}

function describe({ batchId, recipients, reported }: UnknownBatch): string {
  return reported === 0 ? batchId : `${batchId} (${describeEvidence({ reported, of: recipients })})`;
}
