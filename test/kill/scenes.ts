import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hints } from '../../src/queue/queues.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { invoices } from '../support/rig.js';
import type { Boundary } from './boundaries.js';
import { commitOf, script, statement } from './names.js';
import { oneByOne, type Play, produce, untilNobodyHolds } from './play.js';
import { type Hand, maintain, type PeerRule, type Setting } from './setting.js';
import { until, untilFinished, waits } from './verdict.js';

const finishDelivery = /^eval(sha)? [\s\S]* 14 \{[^}]*\}:deliver:/i;
const push = script('a block is pushed');
const chunkCommit = commitOf('an intake is absorbed');
const peek = script('blocks are peeked at');
const absorbed = statement('how far intakes are absorbed');
const answer = statement('the answer to a send');

/** A worker is stopped at a boundary until its claim has ended and another one has gone on, and then finds itself late. */
export function freezeAt(boundary: Boundary, recipients: number): Play {
  const { peer, moment, text } = boundary;
  const act = async (setting: Setting) => {
    let frozen = false;
    let thawed = false;
    const strike = async (hand: Hand) => {
      hand.freeze();
      setting.toll.kills += 1;
      setting.toll.inFlight += 1;
      frozen = true;
      return 'forward' as const;
    };
    let came = false;
    const back: PeerRule = {
      peer: 'redis',
      moment: 'before',
      text: finishDelivery,
      when: async () => thawed,
      strike: async () => {
        came = true;
        return 'forward';
      },
    };
    const hand = await setting.hire('worker', [{ peer, moment, text, strike }, back]);
    await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
    await until('a worker is stopped', async () => frozen, Boolean);
    await setting.hire('worker');
    await untilFinished(setting);
    thawed = true;
    hand.thaw();
    await until('the one that was stopped has ended its job', async () => came, Boolean);
  };
  const delivery = boundary.individual && { delivery: oneByOne };
  return {
    name: `stopped and continued: ${boundary.name}`,
    recipients,
    env: { SIARAN_CONCURRENCY: '1' },
    ...delivery,
    act,
  };
}

/** The connection breaks between a push and its reply: whoever pushes again must not push twice. */
export const pushReplyLost: Play = {
  name: 'the reply to a push is lost, and the push is made again',
  recipients: 4_300,
  async act(setting) {
    await produce(setting, 4_300, () => [
      { peer: 'redis', moment: 'after', text: push, nth: 2, strike: async () => 'drop' },
    ]);
    // Only now: a worker that had taken the block already would know its double by its number.
    await setting.hire('worker');
    const view = await untilFinished(setting);
    if (view.recipients.enqueued !== 4_300) throw new Error(`${view.recipients.enqueued} rows were enqueued of 4300`);
  },
};

/** Everything of this installation in Redis is gone between two blocks: the producer is told, and begins again. */
export const bufferWiped: Play = {
  name: 'the buffer is wiped while a producer writes',
  recipients: 5_300,
  async act(setting) {
    const strike = async () => {
      await setting.redis.del(...(await setting.redis.keys(`*${setting.name}*`)));
      return 'forward' as const;
    };
    await produce(setting, 5_300, (time) =>
      time === 0 ? [{ peer: 'redis', moment: 'after', text: push, nth: 3, strike }] : [],
    );
    await setting.hire('worker');
    await untilFinished(setting);
  },
};

/** A pause that is committed while an intent is being written: what it says is held must not be sent. */
export const pausedAtIntent: Play = {
  name: 'a pause meets an intent that is being written',
  recipients: 300,
  // The worker must not give up while we hold it: what it has against being late isn't what is tried here.
  env: { SIARAN_CLAIM_TTL: '60s' },
  async act(setting) {
    const { client, end } = await setting.connect();
    // An attempt of ours that isn't committed: the intent's own one waits for it, when it has seen that the run isn't paused.
    const strike = async () => {
      await client.query('BEGIN');
      await client.query(
        "INSERT INTO attempts (batch_id, number, worker, broadcast_name) SELECT id, 1, 'a test', '' FROM batches",
      );
      return 'forward' as const;
    };
    await setting.hire('worker', [{ peer: 'provider', moment: 'after', text: /upload_csv/, strike }]);
    const { runId } = await setting.siaran.broadcast({ ...setting.request, recipients: invoices(300) });
    await untilSomebodyWaits(setting, 'the intent of a send');
    let answered = false;
    const pausing = setting.siaran.pause(runId).finally(() => {
      answered = true;
    });
    await until(
      'the pause has answered, or waits',
      async () => answered || (await waits(setting, 'the state of a run is locked')),
      Boolean,
    );
    await client.query('ROLLBACK');
    await end();
    const { held } = await pausing;
    await until(
      'nothing is being sent',
      () => setting.query("SELECT 1 FROM batches WHERE status = 'sending'"),
      (rows) => rows.length === 0 && setting.busySends() === 0,
    );
    await untilNobodyHolds(setting);
    const sent = setting.sandbox.accepted.summary().recipients;
    if (sent + held.recipients > 300)
      throw new Error(`the pause said that ${held.recipients} recipients are held, and ${sent} were sent`);
    await setting.siaran.resume(runId);
    await untilFinished(setting);
  },
};

/** Two workers take a turn of the same run: the second one begins when the first one is about to commit. */
export const twoChunkers: Play = {
  name: 'two workers chunk one run at the same time',
  recipients: 600,
  async act(setting) {
    let [firstIsAtCommit, secondIsIn, secondIsHeld] = [false, false, false];
    const commit: PeerRule = {
      peer: 'postgres',
      moment: 'before',
      text: chunkCommit,
      strike: async () => {
        firstIsAtCommit = true;
        const othersTurn = async () =>
          secondIsIn && (secondIsHeld || (await waits(setting, 'the content of a run is locked')));
        await until('the second one waits', othersTurn, Boolean);
        return 'forward';
      },
    };
    const [when, moment] = [async () => firstIsAtCommit, 'before' as const];
    // Whoever comes second sees both blocks, and looks at how far the ledger is when the first one has committed.
    const peekLate = async () => {
      await until('the second block is in', async () => secondIsIn, Boolean);
      return 'forward' as const;
    };
    const lookLate = async () => {
      secondIsHeld = true;
      const first = () => setting.query('SELECT 1 FROM intakes WHERE absorbed_to > 0');
      await until('the first one has committed', first, (rows) => rows.length > 0);
      return 'forward' as const;
    };
    const second: PeerRule[] = [
      { peer: 'redis', moment, when, text: peek, strike: peekLate },
      { peer: 'postgres', moment, when, text: absorbed, strike: lookLate },
    ];
    await setting.hire('worker', [commit, ...second]);
    const { id } = await setting.siaran.startRun(setting.request);
    // Its intake is opened before the first turn, which keeps the run's row locked; its rows come during that turn.
    const late = async function* () {
      await until('the first one is about to commit', async () => firstIsAtCommit, Boolean);
      yield* invoices(300, 300);
    };
    const enqueueing = setting.siaran.enqueue(id, late(), { source: 'second' });
    await until(
      'the second intake is open',
      () => setting.query('SELECT 1 FROM intakes'),
      (rows) => rows.length > 0,
    );
    await setting.siaran.enqueue(id, invoices(300), { source: 'first' });
    await enqueueing;
    secondIsIn = true;
    await setting.hire('worker', second);
    // The first worker's own hint is taken: nobody else would look at this run for some seconds.
    const hints = new Hints(setting.redis, setting.name, () => {});
    await hints.chunk(id, 'second');
    await hints.close();
    await setting.siaran.seal(id);
    await untilFinished(setting);
  },
};

/** The database is put back to a copy from before some sends: nothing is sent until an operator has settled it. */
export const ledgerPutBack: Play = {
  name: 'Postgres is put back to an older copy',
  recipients: 4_300,
  env: { SIARAN_CONCURRENCY: '1' },
  async act(setting) {
    const dieAfter = async (nth: number) => {
      const rule: PeerRule = {
        peer: 'postgres',
        moment: 'after',
        text: answer,
        nth,
        strike: async (dying) => {
          await setting.kill(dying);
          return 'drop';
        },
      };
      const hand = await setting.hire('worker', [rule]);
      await hand.gone;
    };
    await setting.siaran.broadcast({ ...setting.request, recipients: invoices(4_300) });
    await dieAfter(1);
    await setting.copyLedger(`${setting.name}_old`);
    try {
      await dieAfter(2);
      await setting.restoreLedger(`${setting.name}_old`);
    } finally {
      await maintain(setting.databaseUrl, `DROP DATABASE ${setting.name}_old WITH (FORCE)`);
    }
    const jobs = setting.sandbox.accepted.jobs().length;
    await setting.hire('worker');
    await until(
      'the ledger is found to be older than it was',
      async () => setting.view().catch(() => undefined),
      (view) => view?.held?.kind === 'ledger_went_back' || view?.status === 'finished',
    );
    await untilNobodyHolds(setting);
    if (setting.sandbox.accepted.jobs().length > jobs) throw new Error('it was sent although the ledger went back');
    const { unknownBatches } = await setting.siaran.repairLedger();
    setting.toll.ambiguous += unknownBatches.length;
  },
};

/** An account is refused for as long as another one's run goes out; nothing of it is sent or lost meanwhile, whoever dies. */
export function otherAccountHeld(): Play {
  let other: Sandbox | undefined;
  const recipients = 4_300;
  return {
    name: 'an account is held, and another one delivers',
    recipients,
    async before() {
      const refusing = await startSandbox({ appId: 'app', secretKey: 'other-secret-key' });
      refusing.setFaults([{ on: 'any', kind: 'http', status: 401 }]);
      const folder = await mkdtemp(join(tmpdir(), 'siaran-kill-accounts-'));
      const path = join(folder, 'accounts.json');
      const account = { baseUrl: refusing.url, appId: 'app', secretKey: 'other-secret-key' };
      await writeFile(path, JSON.stringify({ other: account }), { mode: 0o600 });
      other = refusing;
      const close = async () => {
        await refusing.close();
        await rm(folder, { recursive: true });
      };
      return { env: { SIARAN_ACCOUNTS_FILE: path }, close };
    },
    async act(setting) {
      if (!other) throw new Error('there is no other account');
      const { key, ...request } = setting.request;
      const held = await setting.siaran.broadcast({
        ...request,
        key: `${key} held`,
        account: 'other',
        recipients: invoices(1_300),
      });
      const dieOnce = async (text: RegExp) => {
        const strike = async (hand: Hand) => {
          await setting.kill(hand);
          return 'drop' as const;
        };
        const hand = await setting.hire('worker', [{ peer: 'provider', moment: 'after', text, strike }]);
        await hand.gone;
      };
      await setting.siaran.broadcast({ ...setting.request, recipients: invoices(recipients) });
      await dieOnce(/upload_csv/);
      await dieOnce(/send_broadcast/);
      await setting.hire('worker');
      const own = await until(
        'its own run is delivered or unknown',
        () => setting.view(),
        (view) => view?.status === 'finished',
      );
      if (own?.held) throw new Error(`the account that works is held: ${own.held.kind}`);
      const waiting = await setting.siaran.run(held.runId);
      if (waiting.held?.kind !== 'refused' || waiting.recipients.scheduled > 0 || other.accepted.summary().files > 0)
        throw new Error(
          `the refused account is ${waiting.held?.kind ?? 'not held'}, with ${waiting.recipients.scheduled} scheduled`,
        );
      other.setFaults([]);
      await until(
        'the refused account delivers',
        () => setting.siaran.run(held.runId),
        (view) => view.outcome === 'handed_over',
      );
      const { recipients: messaged, mostPerNumber } = other.accepted.summary();
      if (messaged !== 1_300 || mostPerNumber !== 1)
        throw new Error(`the refused account messaged ${messaged} of 1300, a number up to ${mostPerNumber} times`);
    },
  };
}

function untilSomebodyWaits(setting: Setting, name: string): Promise<boolean> {
  return until(`somebody waits for a lock at ${name}`, () => waits(setting, name), Boolean);
}
