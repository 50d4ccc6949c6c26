import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectEqual, numberOf } from './expect.mjs';
import { until } from './programs.mjs';

const sending = { templateDetailId: 172, columns: ['phone_number', 'customer_name', 'body_variable1'] };
const campaign = 'Each minute';
const firings = 4;
/** Whom the campaign messages, and whom a run that is handed in to both admins. Nobody else is sent to by them. */
const audience = { from: 170_000, count: 1_500 };
const byOlder = { from: 180_000, count: 2_000 };
const byNewer = { from: 181_000, count: 2_000 };
const together = { from: byOlder.from, count: 3_000 };

/**
 * A worker, an admin and a receiver of each build are at work on one ledger, and were all started after the migration: what a campaign
 * fires, what people change by either admin, and what callbacks tell either receiver is there once, and both say the same of it.
 * @param start starts a worker or a server of a build, and ends it when all is over. @throws an error that says what isn't as it has to be.
 */
export async function playBeside({ before, now, env, sandbox, start }) {
  const file = join(env.SIARAN_AUDIENCE_DIR, 'people.csv');
  await writeFile(file, csvOf(audience));
  const builds = [before, now];
  const workers = await Promise.all(builds.map((build) => start.worker(build)));
  const serversOf = (name) => Promise.all(builds.map((build) => start.server(build, name)));
  const [older, newer] = (await serversOf('admin')).map(({ url }) => openAdmin(url, env.SIARAN_ADMIN_TOKEN));
  const receivers = (await serversOf('callbacks')).map(
    ({ url }) => `${url}/callbacks/qiscus/${env.SIARAN_CALLBACK_SECRET}`,
  );

  await expectSharedSessions(older, newer);
  await older.ask('POST', '/campaigns', {
    ...{ ...sending, name: campaign, audience: `file:${file}` },
    ...{ schedule: '* * * * *', timeZone: 'UTC', often: true },
  });
  const run = await handInToBoth(older, newer);
  await tellBoth(run, [older, newer], receivers);
  await until('two instants to fire', async () => (await firedBy(newer)).length >= 2, 300_000);
  await changeByBoth(older, newer);
  await until('further instants to fire', async () => (await firedBy(older)).length >= firings, 300_000);
  await older.ask('POST', `/campaigns/${encodeURIComponent(campaign)}/pause`);
  const fired = await expectFiredOnce([older, newer], sandbox);
  const sent = await Promise.all(workers.map((worker) => worker.sent()));
  if (sent.includes(0)) throw new Error(`One of the workers did nothing: ${sent}`);
  for (const worker of workers) await worker.stop();
  return { fired: fired.length, told: together.count };
}

/** The API of an admin, and its pages as a browser asks for them. */
function openAdmin(url, token) {
  return {
    /** @throws an error with the answer, if it isn't the status that was expected. */
    async ask(method, path, body, expected = [200, 201, 204]) {
      const isText = typeof body === 'string';
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': isText ? 'text/csv' : 'application/json' }),
        },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (![expected].flat().includes(answer.status))
        throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    async logIn() {
      const answer = await fetch(`${url}/login`, {
        ...{ method: 'POST', redirect: 'manual' },
        body: new URLSearchParams({ token }),
      });
      const [cookie] = answer.headers.getSetCookie();
      if (answer.status !== 303 || !cookie) throw new Error(`No login: ${answer.status}`);
      return cookie.split(';')[0];
    },
    logOut: (cookie) => fetch(`${url}/logout`, { method: 'POST', redirect: 'manual', headers: { cookie } }),
    statusOf: async (cookie) =>
      (await fetch(`${url}/runs`, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })).status,
  };
}

/** Who is let in by one is let in by the other, and who is logged out is logged out of both. */
async function expectSharedSessions(...admins) {
  for (const [own, other] of [admins, admins.toReversed()]) {
    const cookie = await own.logIn();
    expectEqual(
      'a session',
      { own: await own.statusOf(cookie), other: await other.statusOf(cookie) },
      { own: 200, other: 200 },
    );
    await other.logOut(cookie);
    const after = await own.statusOf(cookie);
    if (after === 200) throw new Error('A session that was ended by the other admin is still open.');
  }
}

/** Recipients of one run come in by both at the same time, a third of them by both. Returns its id when it is over. */
async function handInToBoth(older, newer) {
  const { id } = await older.ask('POST', '/runs', { ...sending, key: 'by both', name: 'by both' });
  await Promise.all([
    older.ask('POST', `/runs/${id}/recipients?source=older`, csvOf(byOlder)),
    newer.ask('POST', `/runs/${id}/recipients?source=newer`, csvOf(byNewer)),
  ]);
  await older.ask('POST', `/runs/${id}/seal`);
  await until('the run of both admins to finish', () => isFinished(newer, id), 300_000);
  return id;
}

const isFinished = async (admin, id) => (await admin.ask('GET', `/runs/${id}`)).status === 'finished';

/** Every status is told to both receivers, at the same time and in another order. */
async function tellBoth(run, admins, [older, newer]) {
  const at = String(Math.floor(Date.now() / 1_000));
  for (let from = together.from; from < together.from + together.count; from += 500) {
    const told = (status) =>
      Array.from({ length: 500 }, (_, index) => ({
        ...{ id: `wamid.${from + index}`, status, timestamp: at, recipient_id: numberOf(from + index) },
      }));
    const [sent, delivered] = [told('sent'), told('delivered')];
    await Promise.all([tell(older, sent), tell(newer, delivered), tell(older, delivered), tell(newer, sent)]);
  }
  const counted = {
    handedOver: together.count,
    sent: together.count,
    delivered: together.count,
    failed: 0,
    unanswered: 0,
  };
  for (const admin of admins) expectEqual('the results', await admin.ask('GET', `/runs/${run}/results`), counted);
}

/** @throws an error if the receiver doesn't know whose messages they are. */
async function tell(receiver, statuses) {
  const answer = await fetch(receiver, {
    method: 'POST',
    body: JSON.stringify({ statuses }),
    headers: { 'content-type': 'application/json' },
  });
  expectEqual('a callback', await answer.json(), { unknown: 0 });
}

/** What one admin changes, the other shows; what somebody saw before that, they can't write over it. */
async function changeByBoth(older, newer) {
  const path = `/campaigns/${encodeURIComponent(campaign)}`;
  await newer.ask('PATCH', path, { version: 1, catchUp: 'all' });
  const { version, catchUp } = await older.ask('GET', path);
  expectEqual('the campaign', { version, catchUp }, { version: 2, catchUp: 'all' });
  await older.ask('PATCH', path, { version: 1, catchUp: 'skip' }, 409);
}

async function firedBy(admin) {
  const { firings: all } = await admin.ask('GET', `/campaigns/${encodeURIComponent(campaign)}`);
  return all.filter(({ runId }) => runId !== null);
}

/** One run for each minute, none left out; and each person of the audience was messaged by each of them, once. */
async function expectFiredOnce(admins, sandbox) {
  const [fired, seenByNewer] = await Promise.all(admins.map(firedBy));
  const told = (all) => all.map(({ at, runId }) => `${at} ${runId}`).join(', ');
  expectEqual('the firings', { told: told(seenByNewer) }, { told: told(fired) });
  const instants = fired.map(({ at }) => Date.parse(at));
  const apart = instants.slice(1).map((at, index) => (instants[index] ?? 0) - at);
  if (apart.some((ms) => ms !== 60_000))
    throw new Error(`The instants aren't a minute apart: ${JSON.stringify(fired)}`);
  for (const { runId } of fired) await until('a firing to finish', () => isFinished(admins[0], runId), 300_000);
  const { items } = await admins[1].ask('GET', `/runs?campaign=${encodeURIComponent(campaign)}`);
  expectEqual('the runs of the campaign', { count: items.length }, { count: fired.length });
  const counts = sandbox.accepted.deliveries();
  for (const { from, count } of [audience, together])
    for (let index = from; index < from + count; index += 1) {
      const wanted = from === audience.from ? fired.length : 1;
      expectEqual(`messages to the ${index}th`, { count: counts.get(numberOf(index)) }, { count: wanted });
    }
  return fired;
}

function csvOf({ from, count }) {
  const rows = Array.from({ length: count }, (_, index) => `${numberOf(from + index)},Customer ${index},INV-${index}`);
  return `${sending.columns.join(',')}\n${rows.join('\n')}\n`;
}
