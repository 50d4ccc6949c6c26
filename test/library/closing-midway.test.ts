import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Siaran, UnconfirmedError } from '../../src/index.js';
import { eventually, invoiceColumns, invoices, phoneNumber, type Rig, startRig } from '../support/rig.js';
import { messageTemplate } from '../support/runs.js';

// A program closes its Siaran, as at SIGTERM, while a call is under way that has begun what must not be done twice.

let rig: Rig;
let siaran: Siaran;
beforeEach(async () => {
  rig = await startRig();
  siaran = rig.open();
});
afterEach(() => rig.close());

const message = { ...messageTemplate, phoneNumber: phoneNumber(0), variables: ['Ada'], wait: '30s' };
const runIds = async () => (await rig.query<{ id: string }>('SELECT id FROM runs')).map(({ id }) => id);
const oneRun = () => eventually(runIds, (ids) => ids.length === 1);

/** How a call ends that is under way while its Siaran is closed. */
async function closedDuring(call: Promise<unknown>): Promise<unknown> {
  const ended = call.catch((error: unknown) => error);
  await oneRun();
  await siaran.close();
  return ended;
}

test('a message that is handed in is not to be sent by another call', async () => {
  const error = await closedDuring(siaran.sendMessage(message));
  expect(error).toBeInstanceOf(UnconfirmedError);
  expect(error).toMatchObject({ retryable: false, runId: (await runIds())[0] });
});

test('a message with a key may be asked for again, and is the same one', async () => {
  const error = await closedDuring(siaran.sendMessage({ ...message, key: 'code-7' }));
  expect(error).toMatchObject({ code: 'UNCONFIRMED', retryable: true });
  const again = await rig.siaran.sendMessage({ ...message, key: 'code-7', wait: '0s' });
  expect(again.runId).toBe((error as UnconfirmedError).runId);
  expect(await runIds()).toHaveLength(1);
});

const run = { name: 'Invoices', templateDetailId: 172, columns: invoiceColumns };

/** Rows until Siaran is closed, and one more. */
async function* untilClosed() {
  yield* invoices(10);
  await oneRun();
  await siaran.close();
  yield* invoices(1, 10);
}

test('a broadcast without a key that broke off is not to be begun by another call', async () => {
  const error = await siaran.broadcast({ ...run, recipients: untilClosed() }).catch((caught: unknown) => caught);
  const [runId] = await runIds();
  expect(error).toMatchObject({ code: 'UNCONFIRMED', retryable: false, runId });
  // As the message says: the rest goes into its run, and who is there already counts once.
  const rest = await rig.siaran.enqueue(runId as never, invoices(11), { source: 'broadcast' });
  expect(rest.accepted).toBe(11);
});

test('one with a key may be begun again', async () => {
  const request = { ...run, key: 'INV' };
  const error = await siaran.broadcast({ ...request, recipients: untilClosed() }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
});
