import { invoices, phoneNumber } from '../../support/rig.js';
import { tracesOf } from '../../support/traces.js';
import { commitOf, script, statement } from '../names.js';
import type { Play } from '../play.js';
import type { Hand, PeerRule, Task } from '../setting/hands.js';
import { isDone } from '../setting/processes.js';
import type { Setting } from '../setting/setting.js';
import { breaches, until, untilFinished } from '../verdict.js';

/** Where an operator's program dies. */
type Death = Pick<PeerRule, 'peer' | 'moment' | 'text' | 'nth'>;

const ledger = (moment: Death['moment'], text: RegExp, nth = 1): Death => ({ peer: 'postgres', moment, text, nth });
const buffer = (moment: Death['moment'], text: RegExp): Death => ({ peer: 'redis', moment, text });

const forgettingBegun = commitOf('somebody is forgotten');
const takenOut = commitOf('a digest takes the place of a number');
const forgettingOver = commitOf('what was forgotten is counted');
const linked = commitOf('a run sends another one again');
const push = script('a block is pushed');

/** The same call is made until it comes back; each time but the last, its process dies. */
async function callUntilDone(setting: Setting, task: Task, deaths: readonly Death[]): Promise<void> {
  for (const death of [...deaths, undefined]) {
    const strike = async (hand: Hand) => {
      await setting.kill(hand);
      return 'drop' as const;
    };
    const hand = await setting.hire('operator', death ? [{ ...death, strike }] : [], task);
    const ended = await hand.produced;
    await hand.gone;
    if (death === undefined && !isDone(ended)) throw new Error(`the last call ended as ${JSON.stringify(ended)}`);
    if (death !== undefined && ended.kind !== 'killed')
      throw new Error(`it was not killed ${death.moment} ${death.text}`);
  }
}

const own = 1_300;
const person = 7;

/**
 * Somebody got the message of one run, and waits in another one that is paused. Whoever forgets them dies at each step. In the end
 * their number is nowhere, the first run's results are as before, and the second one messages everybody else.
 */
function killedAtForgetting(name: string, deaths: readonly Death[]): Play {
  const number = phoneNumber(person);
  const resultsBefore = new Map<string, unknown>();
  return {
    name: `a person is forgotten by a program that dies ${name}`,
    recipients: own + 300,
    async act(setting) {
      const worker = await setting.hire('worker');
      const { runId } = await setting.siaran.broadcast({ ...setting.request, recipients: invoices(own) });
      await untilFinished(setting);
      await setting.kill(worker);
      await setting.tell(Array.from({ length: 40 }, (_, at) => phoneNumber(at)));
      await setting.tell([phoneNumber(50), phoneNumber(51)], 131026);
      resultsBefore.set(runId, await setting.siaran.results(runId));
      const { id } = await setting.siaran.startRun({ ...setting.request, key: `${setting.name}-2`, name: 'Later' });
      await setting.siaran.enqueue(id, [...invoices(300, own), ...invoices(1, person)], { source: 'list' });
      await setting.siaran.seal(id);
      await setting.siaran.pause(id);
      await setting.hire('worker');
      await until(
        'the second run is cut',
        () => setting.siaran.run(id),
        ({ recipients }) => recipients.pending === 301,
      );
      await callUntilDone(setting, { call: ['forget', [number, { by: 'privacy desk' }]] }, deaths);
      await setting.siaran.resume(id);
      await untilFinished(setting);
    },
    async judge(setting) {
      const wrongs = (await tracesOf(setting, number)).map((where) => `the number stands in ${where}`);
      for (const [runId, before] of resultsBefore)
        if (JSON.stringify(await setting.siaran.results(runId)) !== JSON.stringify(before))
          wrongs.push(`the results of ${runId} are not as they were`);
      const { forgotten } = await setting.siaran.recipient(number);
      if (!forgotten?.finishedAt) wrongs.push('nobody notes that all of the person is forgotten');
      return [...wrongs, ...(await judgeRuns(setting))];
    },
  };
}

const failed = 1_500;

/** A run is sent again by programs that die one after the other: those whom it didn't reach get one message more, and nobody else does. */
function killedAtResending(name: string, deaths: readonly Death[], isCutMeanwhile: boolean): Play {
  return {
    name: `a run is sent again by a program that dies ${name}${isCutMeanwhile ? '' : ', while no worker is there'}`,
    recipients: 2_000,
    messages: (index) => (index < failed ? 2 : 1),
    async act(setting) {
      const worker = await setting.hire('worker');
      const { runId } = await setting.siaran.broadcast({ ...setting.request, recipients: invoices(2_000) });
      await untilFinished(setting);
      await setting.tell(
        Array.from({ length: failed }, (_, at) => phoneNumber(at)),
        131026,
      );
      if (!isCutMeanwhile) await setting.kill(worker);
      await callUntilDone(setting, { call: ['resend', [runId, { failed: true, codes: [131026] }]] }, deaths);
      if (!isCutMeanwhile) await setting.hire('worker');
      await untilFinished(setting);
    },
    async judge(setting) {
      const runs = await setting.siaran.runs();
      return [
        ...(runs.length === 2 ? [] : [`there are ${runs.length} runs instead of two`]),
        ...(await judgeRuns(setting)),
      ];
    },
  };
}

/** How often each got a message is counted by whoever plays the scene. */
async function judgeRuns(setting: Setting): Promise<string[]> {
  const wrongs: string[] = [];
  for (const { id, status, outcome } of await setting.siaran.runs()) {
    if (status !== 'finished' || outcome !== 'handed_over') wrongs.push(`run ${id} is ${status}, ${outcome}`);
    wrongs.push(...(await breaches(setting, id, 'in the end')));
  }
  return wrongs;
}

const beginnings = [ledger('before', forgettingBegun), ledger('after', forgettingBegun)];
const takings = [
  ledger('after', statement('a digest takes the place of a number')),
  ledger('before', takenOut),
  ledger('after', takenOut),
  ledger('before', takenOut),
];
const endings = [
  ledger('after', statement('logs of a number are emptied')),
  ledger('before', forgettingOver),
  ledger('after', forgettingOver),
];
const starts = [ledger('before', linked), ledger('after', linked)];
const fillings = [
  ledger('after', commitOf('an intake is opened')),
  buffer('before', push),
  buffer('after', push),
  ledger('before', statement('a run is sealed')),
  ledger('after', statement('a run is sealed')),
];

export const peopleScenes: readonly Play[] = [
  killedAtForgetting('as it begins', beginnings),
  killedAtForgetting('between runs', takings),
  killedAtForgetting('as it ends', endings),
  killedAtForgetting('at each step', [...beginnings, ...takings, ...endings]),
  ...[true, false].flatMap((isCutMeanwhile) => [
    killedAtResending('as it begins', starts, isCutMeanwhile),
    killedAtResending('at each step', [...starts, ...fillings], isCutMeanwhile),
  ]),
];
