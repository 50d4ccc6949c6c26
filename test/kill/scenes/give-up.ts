import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from '../../../src/domain/timing/within.js';
import { openSiaran, SiaranError } from '../../../src/index.js';
import { producerPatienceMs } from '../../../src/pipeline/patience.js';
import { start } from '../../support/program.js';
import { invoices } from '../../support/rig.js';
import { startSilentProxy } from '../../support/servers/silent-proxy.js';
import { type Play, produce } from '../play.js';
import { rootDir } from '../setting/processes.js';
import type { Setting } from '../setting/setting.js';
import { goesOn, seconds, silencedWhilePushing, silenceEnv, silenceRecipients, untilStruck } from './silence.js';

/** Beyond the minute that a producer bears: looking whose the prefix is, the last try, finding out why, and closing. */
const lastWordsMs = 30_000;

type Store = 'postgres' | 'redis';
const variables = { postgres: 'DATABASE_URL', redis: 'REDIS_URL' };
const told = { postgres: "Postgres can't be reached", redis: "Redis can't be reached" };

/** What isn't to be completed. */
const other = 'Other';

/** A server stays silent: a producer that is at work and a command that begins say so and end, and the same call completes it later. */
function silentForGood(peer: Store): Play {
  const act = async (setting: Setting) => {
    const producer = await setting.hire('producer', silencedWhilePushing(peer), { count: silenceRecipients, from: 0 });
    setting.toll.kills += 1;
    await untilStruck([producer], peer);
    await Promise.all([
      producerGivesUp(setting, peer),
      commandGivesUp(setting, peer),
      callWithoutSourceGivesUp(setting, peer),
    ]);
    for (const { id } of await setting.query<{ id: string }>('SELECT id FROM runs WHERE name = $1', [other]))
      await setting.siaran.cancel(id);
    await goesOn(setting, async () => {
      // The first producer's blocks are still there: the second one waits for room.
      await Promise.all([setting.hire('worker'), setting.hire('worker')]);
      await produce(setting, silenceRecipients);
    });
  };
  return {
    name: `${peer} silent for a producer and a command, for good`,
    recipients: silenceRecipients,
    env: silenceEnv,
    act,
  };
}

async function producerGivesUp(setting: Setting, peer: Store): Promise<void> {
  const [producer] = setting.hands();
  if (!producer) throw new Error('there is no producer');
  const produced = await bounded(setting, 'the producer', producer.produced);
  if (produced.kind !== 'failed' || produced.code !== 'UNAVAILABLE' || !produced.message.includes(told[peer]))
    throw new Error(`the producer ended as ${JSON.stringify(produced)}`);
  await within(lastWordsMs, producer.gone);
}

async function commandGivesUp(setting: Setting, peer: Store): Promise<void> {
  const variable = variables[peer];
  const url = setting.env[variable] ?? '';
  const proxy = await startSilentProxy(url);
  proxy.silence();
  const dir = await mkdtemp(join(tmpdir(), 'siaran-give-up-'));
  await writeFile(join(dir, 'list.csv'), 'phone_number\n6281234567890\n');
  try {
    const { ended } = start(['send', join(dir, 'list.csv'), '--template-detail-id', '172', '--name', other], {
      ...{ cwd: rootDir, file: join(rootDir, 'dist/program/main.js'), input: '' },
      env: { ...setting.env, [variable]: proxy.through(url) },
    });
    const { code, stderr } = await bounded(setting, '`siaran send`', ended);
    if (code !== 1 || !stderr.includes(`\nerror: ${told[peer]}`) || /\n\s+at /.test(stderr))
      throw new Error(`siaran send ended with ${code}: ${stderr}`);
    if (proxy.heldBack() === 0) throw new Error('siaran send asked nothing');
  } finally {
    proxy.close();
    await rm(dir, { recursive: true });
  }
}

/** Its rows are in an intake that others may share, which isn't waited for once more. */
async function callWithoutSourceGivesUp(setting: Setting, peer: Store): Promise<void> {
  const variable = variables[peer];
  const proxy = await startSilentProxy(setting.env[variable] ?? '');
  const siaran = openSiaran({ ...setting.env, [variable]: proxy.through(setting.env[variable] ?? '') });
  try {
    const { id } = await siaran.startRun({ ...setting.request, key: other, name: other });
    const [row] = invoices(1);
    const rows = function* () {
      yield row;
      proxy.silence();
      yield { ...row, phone_number: 'none' };
    };
    const enqueuing = siaran.enqueue(id, rows() as never).catch((error: unknown) => error as SiaranError);
    const ended = await bounded(setting, 'a call without a source', enqueuing);
    if (!(ended instanceof SiaranError) || ended.code !== 'UNAVAILABLE')
      throw new Error(`the call without a source ended as ${JSON.stringify(ended)}`);
  } finally {
    await within(lastWordsMs, siaran.close());
    proxy.close();
  }
}

/** Waits for what gives up, and says how long it took. */
async function bounded<T>(setting: Setting, who: string, work: Promise<T>): Promise<T> {
  const begun = Date.now();
  const result = await within(producerPatienceMs + lastWordsMs, work);
  setting.toll.measured.push(`${who} gave up after ${seconds(Date.now() - begun)}`);
  return result;
}

export const givingUp: readonly Play[] = [silentForGood('postgres'), silentForGood('redis')];
