import { expectEqual, numberOf } from './expect.mjs';
import { command, until } from './programs.mjs';

const template = { templateDetailId: 172 };
const columns = ['phone_number', 'customer_name', 'body_variable1'];
const message = { ...template, channelId: 534, templateName: 'reminder', namespace: 'ns', language: 'id', wait: '1s' };

/** Whom each run is for, by its key. Nobody is in two of them. */
const people = {
  'under way': { from: 0, count: 90_000 },
  'half handed over': { from: 100_000, count: 3_000, rest: 1_000 },
  'broken off': { from: 110_000, count: 3_000, rest: 1_000 },
  paused: { from: 120_000, count: 3_000 },
  'of the new': { from: 130_000, count: 3_000 },
  'of the old': { from: 140_000, count: 3_000 },
};
/** Who is handed in to one run by both, of whom 1,000 by each of them. */
const shared = { old: { from: 150_000, count: 3_000 }, new: { from: 152_000, count: 3_000 } };
const [toldByOld, toldByNew, leftAlone] = [160_000, 160_001, 130_007].map(numberOf);

const scheduled = {
  ...Object.fromEntries(Object.entries(people).map(([key, { count }]) => [key, count])),
  'of the new': people['of the new'].count - 1,
  shared: 5_000,
};
const everybody = Object.values(scheduled).reduce((sum, count) => sum + count, 2);

/**
 * Workers and a producer of the build before are at work on its own tables; the build of now migrates; workers and producers of both
 * are at work; those of the build before end. Returns the migrations between, and how many batches the workers of each handed over.
 * @param start starts a worker or a program of a build, and ends it when all is over. @throws an error that says what isn't as it has to be.
 */
export async function play({ before, now, env, sandbox, start }) {
  await command(before, env, ['migrate']);
  const olderWorkers = [await start.worker(before), await start.worker(before)];
  const old = await start.program(before);
  const runs = { 'under way': await broadcast(old, 'under way'), paused: await startPaused(old) };
  const halfHandedOver = broadcast(old, 'half handed over');
  await breakOff(await start.program(before));
  await old.atPause;
  await until('the first batches to go out', () => sandbox.accepted.jobs().length >= 3);

  const { applied } = await command(now, env, ['migrate']);
  const sentBefore = await sentBy(olderWorkers);
  await expectUnderWay(old, runs['under way']);
  const newerWorkers = [await start.worker(now), await start.worker(now)];
  const recent = await start.program(now);
  old.goOn();
  runs['half handed over'] = await halfHandedOver;
  runs['broken off'] = await broadcast(recent, 'broken off', { isWhole: true });
  runs.shared = await handInBoth(old, recent);
  await old.call('suppress', [leftAlone], { reason: 'asked to be left alone' });
  runs['of the new'] = await broadcast(recent, 'of the new');
  runs['of the old'] = await broadcast(old, 'of the old');
  await recent.call('resume', runs.paused);
  await old.call('sendMessage', { ...message, key: 'by the old', phoneNumber: toldByOld, variables: ['a'] });
  await recent.call('sendMessage', { ...message, key: 'by the new', phoneNumber: toldByNew, variables: ['a'] });
  const sentMeanwhile = async () => (await sentBy(olderWorkers)) - sentBefore;
  await until('workers of both to send', async () => (await sentMeanwhile()) > 2 && (await sentBy(newerWorkers)) > 2);

  await expectUnderWay(recent, runs['under way']);
  for (const worker of olderWorkers) await worker.stop();
  for (const [key, id] of Object.entries(runs)) await expectFinished(key, id, [old, recent]);
  await expectNothingLeft(recent);
  expectEqual('what the sandbox received', receivedBy(sandbox), { numbers: everybody, most: 1, leftAlone: 0 });
  await Promise.all([old.call('close'), recent.call('close')]);
  for (const worker of newerWorkers) await worker.stop();
  const sent = { before: sentBefore, meanwhile: await sentMeanwhile(), byNow: await sentBy(newerWorkers) };
  return { applied, sent, recipients: everybody };
}

async function broadcast(by, key, { isWhole = false } = {}) {
  const { rest = 0, ...all } = people[key];
  const recipients = { ...all, rest: isWhole ? 0 : rest };
  return (await by.call('broadcast', { key, name: key, ...template, columns, recipients })).runId;
}

/** A producer that is killed in the middle of its recipients. */
async function breakOff(producer) {
  broadcast(producer, 'broken off');
  await producer.atPause;
  producer.kill();
}

async function startPaused(by) {
  const id = await broadcast(by, 'paused');
  await by.call('pause', id);
  return id;
}

/** Two sources of one run, at the same time, with some recipients in both. */
async function handInBoth(old, recent) {
  const run = { key: 'shared', name: 'shared', ...template, columns };
  const [{ id }] = await Promise.all([old.call('startRun', run), recent.call('startRun', run)]);
  await Promise.all([
    old.call('enqueue', id, shared.old, { source: 'old' }),
    recent.call('enqueue', id, shared.new, { source: 'new' }),
  ]);
  await recent.call('seal', id);
  return id;
}

async function sentBy(workers) {
  const counts = await Promise.all(workers.map((worker) => worker.sent()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Otherwise this would try nothing. */
async function expectUnderWay(by, runId) {
  const { status } = await by.call('run', runId);
  if (status === 'finished') throw new Error('The run was over too early: give it more recipients.');
}

/** As it has to be, and so both builds say. */
async function expectFinished(key, id, programs) {
  const [one] = programs;
  await until(`the run "${key}" to finish`, async () => (await one.call('run', id)).status === 'finished', 300_000);
  for (const by of programs) {
    const { outcome, recipients } = await by.call('run', id);
    expectEqual(
      key,
      { outcome, scheduled: recipients.scheduled },
      { outcome: 'handed_over', scheduled: scheduled[key] },
    );
    expectEqual(`${key}, checked`, await by.call('verify', id), { ok: true });
  }
}

async function expectNothingLeft(by) {
  const { attention } = await by.call('status');
  if (attention.length > 0) throw new Error(`Something waits for a person: ${JSON.stringify(attention)}`);
}

function receivedBy({ accepted }) {
  const counts = accepted.deliveries();
  return { numbers: counts.size, most: Math.max(...counts.values()), leftAlone: counts.get(leftAlone) ?? 0 };
}
