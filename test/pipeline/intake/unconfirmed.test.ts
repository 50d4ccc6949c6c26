import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UnconfirmedError } from '../../../src/index.js';
import { type HoldingProxy, type Rule, startProxy } from '../../kill/setting/proxy.js';
import { postgres } from '../../kill/setting/wire.js';
import { invoiceColumns, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { messageTemplate } from '../../support/runs.js';

let rig: Rig;
let proxy: HoldingProxy | undefined;
let role: string;
beforeEach(async () => {
  rig = await startRig();
  role = `${rig.env.SIARAN_PREFIX}_unconfirmed`;
  await rig.query(`CREATE ROLE ${role} LOGIN SUPERUSER`);
});
afterEach(async () => {
  proxy?.close();
  await rig.query(`DROP ROLE ${role}`);
  await rig.close();
});

const run = { name: 'Invoices', templateDetailId: 172, columns: invoiceColumns };
const message = { ...messageTemplate, phoneNumber: phoneNumber(0), variables: ['Ada'], wait: '0s' };
const starts = {
  'a run': (rule: Pick<Rule, 'moment'>, key: object) =>
    through({ ...rule, text: /COMMIT of.*a run is inserted/s }).then((siaran) => siaran.startRun({ ...run, ...key })),
  'a message': (rule: Pick<Rule, 'moment'>, key: object) =>
    through({ ...rule, text: /messages are inserted/ }).then((siaran) => siaran.sendMessage({ ...message, ...key })),
};

/** Siaran behind a proxy. When the rule strikes, its connection breaks, and from then on Postgres lets it in no more. */
async function through(rule: Pick<Rule, 'moment' | 'text'>) {
  const strike = async () => {
    await letIn(false);
    return 'drop' as const;
  };
  proxy = await startProxy(Number(new URL(rig.databaseUrl).port), postgres, [{ ...rule, strike }]);
  const address = Object.assign(new URL(rig.databaseUrl), { username: role, port: String(proxy.port) });
  return rig.open({ DATABASE_URL: address.href });
}

const letIn = (may: boolean) => rig.query(`ALTER ROLE ${role} ${may ? 'LOGIN' : 'NOLOGIN'}`);
const runIds = async () => (await rig.query<{ id: string }>('SELECT id FROM runs')).map(({ id }) => id);
const errorOf = (work: Promise<unknown>) => work.then(() => undefined).catch((caught: unknown) => caught);

test.each(['a run', 'a message'] as const)(
  '%s without a key whose commit nobody confirms: nobody knows',
  async (what) => {
    const error = await errorOf(starts[what]({ moment: 'after' }, {}));
    expect(error).toBeInstanceOf(UnconfirmedError);
    expect(error).toMatchObject({ code: 'UNCONFIRMED', retryable: false, message: expect.stringContaining('no key') });
    expect(await runIds()).toEqual([(error as UnconfirmedError).runId]);
  },
);

test.each(['a run', 'a message'] as const)('%s with a key is found by whoever starts it again', async (what) => {
  const error = await errorOf(starts[what]({ moment: 'after' }, { key: 'INV-7' }));
  expect(error).toMatchObject({ code: 'UNCONFIRMED', retryable: true, message: expect.stringContaining('same key') });
  const { runId } = error as UnconfirmedError;
  const again =
    what === 'a run'
      ? await rig.siaran.startRun({ ...run, key: 'INV-7' })
      : await rig.siaran.sendMessage({ ...message, key: 'INV-7' });
  expect('id' in again ? again.id : again.runId).toBe(runId);
  expect(await runIds()).toEqual([runId]);
});

test('a campaign that was fired, which nobody confirms: nobody knows', async () => {
  await rig.siaran.addCampaign({
    ...{ name: 'Reminders', templateDetailId: 172, columns: ['phone_number'], schedule: '0 9 1 1 *', timeZone: 'UTC' },
    audience: `sql:SELECT '${phoneNumber(0)}' AS phone_number`,
  });
  const siaran = await through({ moment: 'after', text: /COMMIT of.*a run is inserted/s });
  const error = await errorOf(siaran.fireCampaign('Reminders'));
  expect(error).toMatchObject({ code: 'UNCONFIRMED', retryable: false, message: expect.stringContaining('twice') });
  expect(await runIds()).toHaveLength(1);
});

test('a run that Postgres was never asked to start is not said to be unclear', async () => {
  const siaran = await through({ moment: 'after', text: /a run is inserted/ });
  expect(await errorOf(siaran.startRun(run))).toMatchObject({ code: 'REFUSED' });
  expect(await runIds()).toEqual([]);
});

test('whether Postgres has got the commit or not, the next try makes it one run', async () => {
  const text = /COMMIT of.*a run is inserted/s;
  const strike = async () => 'drop' as const;
  proxy = await startProxy(Number(new URL(rig.databaseUrl).port), postgres, [
    { moment: 'before', text, strike },
    { moment: 'after', text, strike },
  ]);
  const address = Object.assign(new URL(rig.databaseUrl), { port: String(proxy.port) });
  const { id, existed } = await rig.open({ DATABASE_URL: address.href }).startRun(run);
  expect({ existed, runs: await runIds() }).toEqual({ existed: false, runs: [id] });
  expect(proxy.unanswered.filter((text) => text.startsWith('COMMIT'))).not.toEqual([]);
});
