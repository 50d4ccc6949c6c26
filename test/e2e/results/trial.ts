import { eventually } from '../../support/rig.js';
import { tracesOf } from '../../support/traces.js';
import { campaign, compareCampaign, compareRuns, differences } from './compare.js';
import { fateOf, optedOut, sentAgain } from './oracle.js';
import { audienceOf, firings, peopleOf } from './people.js';
import { hangMs, openSetting, type RunCommand, type Setting } from './setting.js';

export type Trial = { recipients: number; seed: number; runCommand: RunCommand; onStep?: (line: string) => void };

/**
 * A campaign is fired three times, through two accounts and to people of whom some are in two of the runs. Then it is sent again to
 * those whom it didn't reach, and some are forgotten. Returns whatever Siaran says of it that an oracle, which only knows what the
 * sandboxes tell, says otherwise.
 */
export async function tryResults({ recipients, seed, runCommand, onStep = () => {} }: Trial): Promise<string[]> {
  const setting = await openSetting(seed, runCommand);
  const wrongs: string[] = [];
  const step = async (what: string, act: () => Promise<string[]>) => {
    const begun = Date.now();
    const found = await act();
    wrongs.push(...found);
    onStep(`${((Date.now() - begun) / 1_000).toFixed(1).padStart(6)} s  ${what}: ${found.length} wrong`);
  };
  try {
    const runIds: string[] = [];
    await step('three firings', () => fireAll(setting, recipients, runIds));
    await step('their results', async () => [
      ...(await compareRuns(setting, runIds)),
      ...(await compareCampaign(setting, runIds)),
    ]);
    const resent: string[] = [];
    await step('sent again', () => resendAll(setting, runIds, resent));
    await step('some are forgotten, and the results of all', () => forgetSome(setting, [...runIds, ...resent]));
    const { callbacks, statuses } = await setting.taken();
    onStep(`${setting.messages().length} messages, ${statuses} statuses in ${callbacks} callbacks`);
  } finally {
    await setting.close();
  }
  return wrongs;
}

async function fireAll(setting: Setting, recipients: number, runIds: string[]): Promise<string[]> {
  const [first] = firings;
  const columns = 'phone_number,customer_name,body_variable1';
  const settings = [
    '--template-detail-id',
    '172',
    '--columns',
    columns,
    '--schedule',
    '0 9 1 1 *',
    '--timezone',
    'UTC',
  ];
  await setting.ask('campaign', 'add', '--name', campaign, ...settings, '--audience', audienceOf(first, recipients));
  for (const firing of firings) {
    const { account } = firing;
    if (firing !== first) {
      const changes = ['--account', account, '--audience', audienceOf(firing, recipients)];
      await setting.ask('campaign', 'edit', campaign, ...changes);
    }
    // The third one goes through the first one's account, to some of the same people.
    if (runIds.length === 2) await untilHandedOver(setting, runIds);
    const { runId } = await setting.ask<{ runId: string }>('campaign', 'fire', campaign);
    runIds.push(runId);
  }
  await untilHandedOver(setting, runIds);
  await setting.untilTold();
  const messages = setting.messages();
  const gone = optedOut(messages);
  return firings.flatMap((firing, at) => {
    const numbers = messages.filter(({ runId }) => runId === runIds[at]).map(({ number }) => number);
    const got = new Set(numbers);
    // Who opts out meanwhile is left out of what isn't sent yet.
    const lost = peopleOf(firing, recipients).filter((number) => !got.has(number) && !gone.has(number));
    return got.size === numbers.length && lost.length === 0
      ? []
      : [`${lost.length} people of firing ${at + 1} got no message, ${numbers.length - got.size} got two`];
  });
}

async function resendAll(setting: Setting, [first = '', second = '', third = '']: string[], made: string[]) {
  const wrongs: string[] = [];
  const resend = async (runId: string, resends: readonly string[], codes: readonly number[] | null) => {
    const expected = sentAgain(setting.messages(), { runId, resends, codes, forgotten: new Set() });
    const options = ['resend', runId, '--failed', ...(codes ? ['--codes', codes.join(',')] : [])];
    const counted = { recipients: expected.numbers.size, leftOut: expected.leftOut };
    wrongs.push(
      ...differences(
        `the dry run of ${options.join(' ')}`,
        { runId: null, ...counted },
        await setting.ask(...options, '--dry-run'),
      ),
    );
    const told = await setting.ask<{ runId: string }>(...options);
    wrongs.push(...differences(options.join(' '), { ...told, ...counted }, told));
    await untilHandedOver(setting, [told.runId]);
    await setting.untilTold();
    const got = setting.messages().flatMap((each) => (each.runId === told.runId ? [each.number] : []));
    wrongs.push(...differences(`who ${options.join(' ')} reaches`, timesOf([...expected.numbers]), timesOf(got)));
    const again = await setting.ask(...options);
    wrongs.push(
      ...differences(
        `${options.join(' ')} once more`,
        { runId: told.runId, recipients: got.length, leftOut: {}, already: true },
        again as object,
      ),
    );
    made.push(told.runId);
    return told.runId;
  };
  const again = await resend(first, [], [131026, 130472]);
  await resend(first, [again], null);
  await resend(second, [], null);
  await resend(third, [], [131049, 131026]);
  return wrongs;
}

/** How often each number is among them. */
function timesOf(numbers: readonly string[]): Record<string, number> {
  const times: Record<string, number> = {};
  for (const number of numbers) times[number] = (times[number] ?? 0) + 1;
  return times;
}

async function forgetSome(setting: Setting, runIds: readonly string[]): Promise<string[]> {
  const before = setting.messages();
  const gone = optedOut(before);
  const those = before.filter(({ runId, number }) => runId === runIds[0] && !gone.has(number));
  const chosen = [
    those.find((message) => fateOf(message).reached === 'read'),
    those.find((message) => fateOf(message).code === 131026),
    those.find(({ namedBy, statuses }) => namedBy === 'unknown_user_id' && statuses.length > 0),
  ].flatMap((message) => message ?? []);
  if (chosen.length !== 3) return ['nobody was found who is to be forgotten'];
  const forgotten = new Set(chosen.map(({ number }) => number));
  const wrongs: string[] = [];
  for (const { number } of chosen) {
    const own = before.filter((message) => message.number === number);
    const runs = new Set(own.map(({ runId }) => runId)).size;
    const told = await setting.ask<object>('forget', number, '--by', 'privacy desk');
    wrongs.push(...(await tracesOf(setting.environment, number)).map((where) => `${number} still stands in ${where}`));
    const messages = own.filter((message) => fateOf(message).isTold).length;
    wrongs.push(...differences(`forget ${number}`, { runs, messages, emptiedDrafts: [] }, told));
  }
  for (const message of before.filter(({ number }) => forgotten.has(number)))
    wrongs.push(...(await tellLate(setting, message)));
  for (const number of forgotten)
    wrongs.push(...(await tracesOf(setting.environment, number)).map((where) => `${number} stands in ${where}`));
  wrongs.push(...(await compareRuns(setting, runIds, forgotten)));
  const [runId = ''] = runIds;
  const again = sentAgain(before, { runId, resends: runIds.slice(3, 5), codes: null, forgotten });
  const told = await setting.ask<object>('resend', runId, '--failed', '--again', '--dry-run');
  const expected = { runId: null, recipients: again.numbers.size, leftOut: again.leftOut };
  return [...wrongs, ...differences('a resend after it', expected, told)];
}

/**
 * Callbacks that come after somebody was forgotten: a status more, which tells a user id only, and whose the id is. Returns what stands
 * somewhere after each, where the id is known to be theirs.
 */
async function tellLate(
  setting: Setting,
  { account, messageId, number, userId, namedBy, statuses, startsAt }: Parameters<typeof fateOf>[0],
): Promise<string[]> {
  const status = { id: messageId, status: 'read', timestamp: String(Math.floor(startsAt / 1_000) + 90) };
  const wrongs: string[] = [];
  const tellIdOnly = async () => {
    await setting.post(account, { statuses: [{ ...status, recipient_user_id: userId }] });
    for (const trace of [userId, messageId])
      wrongs.push(...(await tracesOf(setting.environment, trace)).map((where) => `${trace} stands in ${where}`));
  };
  const isKnown = (namedBy === 'both' || namedBy === 'user_id') && statuses.length > 0;
  if (isKnown) await tellIdOnly();
  await setting.post(account, { contacts: [{ wa_id: number, user_id: userId }], messages: [] });
  await setting.post(account, { statuses: [{ ...status, recipient_id: number, recipient_user_id: userId }] });
  await tellIdOnly();
  return wrongs;
}

async function untilHandedOver({ siaran, untilLater }: Setting, runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) {
    const run = await eventually(
      () => siaran.run(runId),
      ({ status }) => status === 'finished',
      hangMs,
    );
    if (run.outcome !== 'handed_over') throw new Error(`run ${runId} ended as ${run.outcome}`);
  }
  await untilLater();
}
