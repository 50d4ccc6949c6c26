import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/local/processes.js';
import { start } from '../cli/siaran.js';
import { eventually, type Rig, startRig } from '../support/rig.js';
import { root } from './markdown.js';

let rig: Rig;

beforeAll(async () => {
  const compiled = spawnSync('npm', ['run', '--silent', 'examples'], { cwd: root, encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`The programs don't compile:\n${compiled.stdout}${compiled.stderr}`);
  rig = await startRig();
});
afterAll(() => rig.close());

const started = (name: string, env: Record<string, string> = {}) =>
  start([], { file: `${root}/.siaran/examples/${name}.js`, env: { ...rig.env, ...env } });

const numbers = ['6281234567890', '6281234567891'];

/** Once the sandbox has messaged both numbers so often. */
function bothMessaged(times: number): Promise<unknown> {
  return eventually(
    async () => numbers.map((number) => rig.sandbox.accepted.deliveriesTo(number)),
    (seen) => seen.every((deliveries) => deliveries === times),
    60_000,
  );
}

// The workers of the service also deliver for the other two.
test('the service takes reminders and delivers them; the script and the transaction reach everybody once', async () => {
  const port = String(await freePort());
  const service = started('fastify-service', { PORT: port });
  try {
    await eventually(
      async () => service.stdout(),
      (text) => text.includes(port),
    );
    const url = `http://127.0.0.1:${port}`;
    const remind = (phone: string) =>
      fetch(`${url}/reminders`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ phone, invoice: 'INV-0001' }),
      });
    const answers = await Promise.all([...numbers, '12'].map(remind));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 422]);
    const { runId } = (await (answers[0] as Response).json()) as { runId: string };
    await bothMessaged(1);
    const shown = (await (await fetch(`${url}/runs/${runId}`)).json()) as { recipients: { scheduled: number } };
    expect(shown.recipients.scheduled).toBe(2);
    expect((await fetch(`${url}/runs/rnothing1`)).status).toBe(404);

    const script = await started('script').ended;
    expect([script.code, script.stderr]).toEqual([0, '']);
    expect(script.stdout).toContain('2 accepted, 0 rejected');
    expect(script.stdout).toContain('It ended handed_over.');
    await bothMessaged(2);
    expect((await started('script').ended).stdout).toContain('nothing was done');

    const transaction = await started('prisma-transaction/main').ended;
    expect([transaction.code, transaction.stderr]).toEqual([0, '']);
    expect(transaction.stdout).toContain('2 handed in');
    await bothMessaged(3);
    expect((await started('prisma-transaction/main').ended).stdout).toContain('0 handed in');
  } finally {
    service.child.kill('SIGTERM');
  }
  expect((await service.ended).code).toBe(0);
  expect(numbers.map((number) => rig.sandbox.accepted.deliveriesTo(number))).toEqual([3, 3]);
}, 180_000);
