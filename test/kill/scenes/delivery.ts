import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { invoices } from '../../support/rig.js';
import { statement } from '../names.js';
import { type Play, untilNobodyHolds } from '../play.js';
import { maintain } from '../setting/databases.js';
import type { Hand, PeerRule } from '../setting/hands.js';
import type { Setting } from '../setting/setting.js';
import { until, untilFinished, waits } from '../verdict.js';

const answer = statement('the answer to a send');

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
