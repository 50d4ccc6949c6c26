import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run, until } from '../siaran.js';

let setting: Setting;
let environment: Setting['environment'];
let sandbox: Setting['sandbox'];
let env: Setting['env'];

beforeAll(async () => {
  setting = await openSetting({ worker: true });
  ({ environment, sandbox, env } = setting);
});

afterAll(() => setting.close());

async function send(name: string, numbers: string[], ...more: string[]): Promise<string> {
  const input = `phone_number\n${numbers.join('\n')}\n`;
  const settings = ['--template-detail-id', '172', '--name', name, '--key', name];
  return (await json<{ runId: string }>(['send', '-', ...settings, ...more], { env, input })).runId;
}

const outcome = (runId: string, wanted: string) =>
  until(async () => (await setting.siaran.run(runId)).outcome === wanted, `${runId} to be ${wanted}`);

it('an unknown batch is resolved by who looked it up, and its run verified', async () => {
  sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const runId = await send('unknown', ['6289900001111', '6289900001112']);
  await outcome(runId, 'needs_attention');
  const tooEarly = await run(['resolve', `${runId}-0001`, '--not-sent'], { env });
  expect(tooEarly).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/wait .*--force/) });

  const job = String(sandbox.accepted.jobs().at(-1)?.id);
  const resolved = await json(['resolve', `${runId}-0001`, '--sent', job, '--reason', 'seen', '--by', 'dewi'], { env });
  expect(resolved).toEqual({ batchId: `${runId}-0001`, status: 'scheduled' });
  await outcome(runId, 'handed_over');
  expect(await json(['verify', runId], { env })).toEqual({ runId, ok: true, breaches: [] });
});

it('a batch that callbacks tell of is named by doctor, and not called not sent without a terminal', async () => {
  sandbox.setFaults([{ on: 'send', kind: 'close-after-accepting', times: 1 }]);
  const runId = await send('reported', ['6289900007771', '6289900007772']);
  await outcome(runId, 'needs_attention');
  await environment.query(
    `INSERT INTO broadcast_logs (account, batch_id, send, phone_number, message_id, status) VALUES ('default', $1, 1, 6289900007771, 'wamid.cli', 'sent')`,
    [`${runId}-0001`],
  );
  const told = { reported: 1, of: 2, settledBy: null };
  expect(await json(['batches', runId], { env })).toMatchObject([{ status: 'unknown', evidence: told }]);
  expect((await run(['batches', runId], { env })).stdout).toContain('1 of 2 messages were reported');
  expect((await run(['run', runId], { env })).stdout).toMatch(
    /evidence +1 batch without a clear answer, 1 of 2 messages were reported/,
  );
  const { stdout } = await run(['doctor', '--json'], { env });
  const checks = JSON.parse(stdout) as { check: string; detail: string }[];
  const doctor = checks.find(({ check }) => check === 'Unknown batches');
  expect(doctor?.detail).toContain(`${runId}-0001 (1 of 2 messages were reported: it may have been sent)`);
  const notSent = ['resolve', `${runId}-0001`, '--not-sent', '--force'];
  expect(await run(notSent, { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: EVIDENCE: .*--sent JOB_ID/),
  });
  expect(await run([...notSent, '--despite-evidence'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('terminal'),
  });
  const job = String(sandbox.accepted.jobs().at(-1)?.id);
  await json(['resolve', `${runId}-0001`, '--sent', job], { env });
  const other = await send('other', ['6289900007773']);
  await outcome(other, 'handed_over');
  const taken = String(sandbox.accepted.jobs().at(-1)?.id);
  expect(await run(['resolve', `${runId}-0001`, '--sent', taken, '--correct'], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: JOB_TAKEN: /),
  });
});

it('a paused run says what was handed over, and goes on when it is resumed', async () => {
  const runId = await send('paused', ['6289900002221'], '--no-seal');
  const nothing = { batches: 0, recipients: 0 };
  const paused = await json(['pause', runId], { env });
  expect(paused).toEqual({
    handedOver: nothing,
    inFlight: nothing,
    held: { batches: expect.any(Number), recipients: 1 },
  });
  expect(await json(['run', runId], { env })).toMatchObject({ status: 'paused' });
  expect(await json(['resume', runId], { env })).toEqual({ runId });
  await json(['seal', runId], { env });
  await outcome(runId, 'handed_over');
});

it('a cancelled run hands nothing over', async () => {
  const runId = await send('cancelled', ['6289900003331'], '--no-seal');
  const shown = await run(['cancel', runId], { env });
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/cancelled +1 recipient/) });
  await outcome(runId, 'cancelled');
  expect(sandbox.accepted.deliveriesTo('6289900003331')).toBe(0);
  expect(await run(['resume', runId], { env })).toMatchObject({ code: 1, stderr: expect.stringMatching(/cancelled/) });
});

it('a breach of the law is printed, and fails', async () => {
  const runId = await send('tampered', ['6289900004441', '6289900004442']);
  await outcome(runId, 'handed_over');
  await environment.query(
    'DELETE FROM recipients WHERE run_number = (SELECT number FROM runs WHERE id = $1) AND phone_number = $2',
    [runId, '6289900004441'],
  );
  const verified = await run(['verify', runId], { env });
  expect(verified).toMatchObject({ code: 1, stdout: expect.stringMatching(/says 2, holds 1/) });
  expect((await run(['verify', runId, '--json'], { env })).code).toBe(1);
});

it("a health check tells whether this machine's worker gets anything done", async () => {
  await until(async () => (await run(['doctor', '--worker'], { env })).code === 0, 'the worker to be at work');
  await environment.redis.del(`${env.SIARAN_PREFIX}:{workers}`);
  setting.worker?.child.kill('SIGSTOP');
  const stopped = await run(['doctor', '--worker'], { env });
  setting.worker?.child.kill('SIGCONT');
  expect(stopped).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAIL +Worker/) });
});

it('a ledger that went back stops all sending until the operator says so', async () => {
  const lost = {
    attemptId: '999999',
    token: '5f0f1c5e-0000-4000-8000-000000000000',
    batchId: 'rgone-0001',
    number: 1,
    broadcastFileId: 1,
  };
  const key = `${env.SIARAN_PREFIX}:{witness}`;
  await environment.redis.hset(`${key}:sends`, lost.batchId, JSON.stringify(lost));
  await environment.redis.zadd(`${key}:order`, Number(lost.attemptId), lost.batchId);
  const held = await until(
    async () => (await run(['resume', '--all'], { env })).stderr,
    'the ledger to be found older than it was',
  );
  expect(held).toMatch(/LEDGER_WENT_BACK.*siaran resume --all --ledger-went-back/);
  expect((await run(['doctor'], { env })).stdout).toMatch(/LEDGER_WENT_BACK/);
  expect(await json(['resume', '--all', '--ledger-went-back'], { env })).toEqual({
    unknownBatches: [],
    emptyBatches: [],
    lostBatches: ['rgone-0001'],
    skippedFirings: [],
    stoppedRetries: [],
    lostRuns: [],
  });
  const runId = await send('after', ['6289900005551']);
  await outcome(runId, 'handed_over');
});

it('purge removes the numbers and values of runs that ended long ago, and names what it leaves alone', async () => {
  const runId = await send('purged', ['6289900006661', '6289900006662']);
  const openId = await send('left open', ['6289900006663'], '--no-seal');
  await outcome(runId, 'handed_over');
  const long = "interval '100 days'";
  await environment.query(
    `UPDATE runs SET created_at = created_at - ${long}, drained_at = drained_at - ${long} WHERE id = ANY($1)`,
    [[runId, openId]],
  );
  await environment.query(
    `UPDATE batches SET closed_at = closed_at - ${long}, scheduled_at = scheduled_at - ${long} WHERE run_id = $1`,
    [runId],
  );
  expect(await json(['purge', '--older-than', '90d'], { env })).toEqual({
    runs: [runId],
    recipients: 2,
    left: [openId],
  });
  expect((await run(['purge', '--older-than', '90d'], { env })).stdout).toMatch(
    new RegExp(`^Removed .* 0 recipients in 0 runs\\.\\nNot purged: ${openId} `),
  );
  const exported = await run(['export', runId], { env });
  expect(exported).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('were removed on') });
  for (const wrong of ['90', 'soon', '0d'])
    expect(await run(['purge', '--older-than', wrong], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--older-than is "${wrong}"; write a duration such as 90d`),
    });
  expect(await run(['purge'], { env })).toMatchObject({ code: 2 });
});
