import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { identitiesIn } from '../../../src/domain/recipients/recipient.js';
import type { BatchStatus } from '../../../src/domain/runs/batch.js';
import { chunkRun } from '../../../src/pipeline/chunking/chunk.js';
import { dropSuppressed } from '../../../src/pipeline/delivery/drop-suppressed.js';
import { type Answer, expireSends, intendSend, recordAnswer } from '../../../src/store/attempts.js';
import { retryFailedBatches } from '../../../src/store/batches.js';
import { cancelRun } from '../../../src/store/cancel-runs.js';
import { type Claim, claimBatch, recordFailure, recordUpload, releaseClaim } from '../../../src/store/claims.js';
import { settleAsSent } from '../../../src/store/evidence.js';
import { resolveUnknown } from '../../../src/store/resolutions.js';
import { lockRunState, pauseRun, resumeRun } from '../../../src/store/runs.js';
import { invoiceColumns, invoices, phoneNumber, type Rig, startRig, sumOfRecipients } from '../../support/rig.js';
import { tries } from '../../tries.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/**
 * One batch in the hands of several workers, an operator and a provider, in any order of events. The model knows what the
 * provider was asked; what must hold is stated after every event.
 */
type World = {
  runId: string;
  batchId: string;
  claims: Claim[];
  /** Those of the batch. */
  numbers: string[];
  /** Those of them that were suppressed, the first ones first. */
  suppressed: string[];
  /** Sends that were made: what the provider did with them, and whether we have heard of it. */
  sends: { token: string; accepted: boolean; jobId: number; answered: boolean; numbers: string[] }[];
};

type Happen = (world: World) => Promise<void>;

const answer = (outcome: Answer['outcome'], jobId: number | null = null, recipients = 3): Answer => ({
  outcome,
  httpStatus: null,
  broadcastJobId: jobId,
  broadcastJob: jobId === null ? null : { id: jobId, total_recipient: recipients },
  error: outcome === 'scheduled' ? null : outcome,
});

const statusOf = async (world: World) =>
  (
    await rig.query<{ status: BatchStatus; attempts: number }>('SELECT status, attempts FROM batches WHERE id = $1', [
      world.batchId,
    ])
  )[0];

const last = <T>(items: T[]): T | undefined => items.at(-1);
let jobIds = 1_000;

function send(accepted: boolean): Happen {
  return async (world) => {
    for (const claim of world.claims) {
      const attempt = await intendSend(rig.ctx.db, claim, {
        worker: 'w',
        startedAt: null,
        movedBy: null,
        ttlMs: 60_000,
      });
      if (!attempt) continue;
      jobIds += 1;
      const numbers = identitiesIn(claim.lines ?? '');
      // Whoever was suppressed before the intent is never handed over.
      expect(numbers.filter((number) => world.suppressed.includes(number))).toEqual([]);
      world.sends.push({ token: attempt.token, accepted, jobId: jobIds, answered: false, numbers });
    }
  };
}

const inTransaction = (change: (world: World) => (tx: Parameters<typeof lockRunState>[0]) => Promise<void>): Happen => {
  return async (world) => {
    await rig.ctx.db.$transaction(async (tx) => {
      await lockRunState(tx, world.runId);
      await change(world)(tx);
    });
  };
};

const whatHappens: Record<string, Happen> = {
  async claim(world) {
    const claim = await claimBatch(rig.ctx.db, {
      batchId: world.batchId,
      accounts: ['default'],
      token: randomUUID(),
      ttlMs: 60_000,
      probing: false,
    });
    const mine = claim && (await dropSuppressed(rig.ctx, claim));
    if (mine) world.claims.push(mine);
  },
  async 'claim runs out'(world) {
    await rig.query(
      "UPDATE batches SET claim_expires_at = now() - interval '1 minute' WHERE id = $1 AND claim_expires_at IS NOT NULL",
      [world.batchId],
    );
  },
  async upload(world) {
    for (const claim of world.claims)
      await recordUpload(rig.ctx.db, claim, { broadcastFileId: 5, answer: {}, ttlMs: 60_000 });
  },
  async 'upload refused'(world) {
    const claim = last(world.claims);
    if (claim) await recordFailure(rig.ctx.db, claim, 'refused');
  },
  async release(world) {
    for (const claim of world.claims) await releaseClaim(rig.ctx.db, claim);
  },
  'send (accepted)': send(true),
  'send (not accepted)': send(false),
  async 'answer, however late'(world) {
    const waiting = world.sends.find((made) => !made.answered);
    if (!waiting) return;
    waiting.answered = true;
    await recordAnswer(
      rig.ctx.db,
      waiting.token,
      waiting.accepted ? answer('scheduled', waiting.jobId, waiting.numbers.length) : answer('failed'),
    );
  },
  async 'no answer'(world) {
    const waiting = world.sends.find((made) => !made.answered);
    if (waiting) await recordAnswer(rig.ctx.db, waiting.token, answer('unknown'));
  },
  async suppress(world) {
    const number = world.numbers[world.suppressed.length];
    if (number === undefined) return;
    await rig.siaran.suppress([number]);
    world.suppressed.push(number);
  },
  expire: async () => void (await expireSends(rig.ctx.db)),
  retry: async (world) => void (await retryFailedBatches(rig.ctx.db, { batchId: world.batchId })),
  // An operator looks at the provider, and says what is true.
  async resolve(world) {
    const latest = last(world.sends);
    if (!latest) return;
    const resolution = latest.accepted ? { sent: latest.jobId } : ({ notSent: true, force: true } as const);
    await resolveUnknown(rig.ctx.db, world.batchId, resolution, { by: 'dewi', reason: null, settleAfterMs: 0 });
  },
  // Qiscus tells of what it has sent, and of nothing else.
  async callbacks({ batchId, sends }) {
    const at = sends.findIndex(({ accepted }) => accepted);
    await rig.query(
      `INSERT INTO broadcast_logs (account, batch_id, send, phone_number, message_id, status)
       SELECT 'default', $1, $2, number, 'wamid.' || number, 'delivered' FROM unnest($3::bigint[]) AS told(number) ON CONFLICT DO NOTHING`,
      [batchId, at + 1, sends[at]?.numbers ?? []],
    );
  },
  async 'evidence settles'(world) {
    const [told] = await rig.query<{ send: number; reported: number }>(
      'SELECT number AS send, reported(batch_id, number) AS reported FROM unanswered_sends WHERE batch_id = $1 AND reported(batch_id, number) > 0',
      [world.batchId],
    );
    if (!told) return;
    const { attempts = 0 } = (await statusOf(world)) ?? {};
    const broadcast = { batchId: world.batchId, send: told.send, attempts };
    await settleAsSent(rig.ctx.db, broadcast, { worker: 'w', reported: told.reported, of: 3 });
  },
  // Who says the opposite of what callbacks tell is refused; so is whoever would send it again.
  async 'resolve against evidence'(world) {
    const told = await rig.query('SELECT 1 WHERE reported_of_batch($1) > 0', [world.batchId]);
    const said = { notSent: true, force: true, correct: true } as const;
    const by = { by: 'eka', reason: null, settleAfterMs: 0 };
    if (told.length > 0) expect(await resolveUnknown(rig.ctx.db, world.batchId, said, by)).toBe(undefined);
  },
  pause: inTransaction((world) => (tx) => pauseRun(tx, world.runId)),
  resume: inTransaction((world) => (tx) => resumeRun(tx, world.runId, undefined)),
  cancel: inTransaction((world) => (tx) => cancelRun(tx, world.runId)),
};
const events = Object.entries(whatHappens).map(([name, happen]) => ({ name, happen }));

/** What moves a batch on is drawn more often, or few would get as far as being sent. */
const moving = events.filter(({ name }) =>
  /^(claim|upload|send \(accepted\)|answer, however late|no answer|resolve|expire|callbacks|evidence settles|resolve against evidence)$/.test(
    name,
  ),
);
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...moving) },
  { weight: 1, arbitrary: fc.constantFrom(...events) },
);

/** What is interesting about a batch that is unknown comes rarely where it has to become so by chance. */
const openings = [[], ['claim', 'upload', 'send (accepted)', 'no answer']].map((names) =>
  names.flatMap((name) => events.filter((event) => event.name === name)),
);

let worlds = 1_000_000;

async function newWorld(): Promise<World> {
  const { id } = await rig.siaran.startRun({ name: 'model', templateDetailId: 172, columns: invoiceColumns });
  // Each world has its own numbers, as the suppression list is everybody's.
  worlds += 1;
  const numbers = [0, 1, 2].map((at) => phoneNumber(3 * worlds + at));
  await rig.siaran.enqueue(id, invoices(3, 3 * worlds), { source: 'list' });
  await rig.siaran.seal(id);
  await chunkRun(rig.ctx, id);
  return { runId: id, batchId: `${id}-0001`, numbers, claims: [], suppressed: [], sends: [] };
}

async function holds(world: World): Promise<void> {
  const [batch, run, { breaches }] = await Promise.all([
    statusOf(world),
    rig.siaran.run(world.runId),
    rig.siaran.verify(world.runId),
  ]);
  const accepted = world.sends.filter((made) => made.accepted);
  // Never twice: whoever was told the truth, or nothing, never has a batch accepted two times.
  expect(accepted.length).toBeLessThanOrEqual(1);
  expect(batch?.attempts).toBe(world.sends.length);
  // What was accepted is never called failed, and what waits again was never accepted.
  if (accepted.length > 0) expect(['sending', 'unknown', 'scheduled']).toContain(batch?.status);
  if (batch?.status === 'scheduled') expect(accepted).toHaveLength(1);
  expect(sumOfRecipients(run)).toBe(3);
  expect(breaches).toEqual([]);
}

test('in whatever order things happen to a batch, it is accepted at most once and never called what it is not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...openings),
      fc.array(happening, { minLength: 4, maxLength: 24 }),
      async (opening, happenings) => {
        const world = await newWorld();
        for (const event of [...opening, ...happenings]) {
          await event.happen(world);
          await holds(world);
        }
      },
    ),
    { numRuns: tries(60), interruptAfterTimeLimit: 40_000 },
  );
});
