import type { CampaignChanges, EditOptions } from '../../../src/index.js';
import { invoiceColumns } from '../../support/rig.js';
import { commitOf, statement } from '../names.js';
import type { Play } from '../play.js';
import type { Hand, PeerRule } from '../setting/hands.js';
import { isDone } from '../setting/processes.js';
import type { Moment } from '../setting/proxy.js';
import type { Setting } from '../setting/setting.js';
import { until, untilFinished, waits } from '../verdict.js';
import { type Random, random } from './random.js';

const recipients = 2_300;

/** The steps of whoever changes a campaign, and the one of a worker that it must not overtake. */
const editSteps = {
  'the version is kept': statement('a version is kept'),
  "the change's commit": commitOf('a version is kept'),
  'the run is withdrawn': statement('a run is withdrawn'),
  'the instant gets another run': statement('an instant gets another run'),
  "the redoing's commit": commitOf('an instant gets another run'),
} as const;
type EditStep = keyof typeof editSteps;

const workerSteps = [
  { name: 'reads the audience', peer: 'postgres', text: statement('rows are promised') },
  { name: 'lets the run go', peer: 'postgres', text: statement('a firing is over') },
  { name: 'uploads', peer: 'provider', text: /upload_csv/ },
  { name: 'writes an intent', peer: 'postgres', text: statement('the intent of a send') },
  { name: 'sends', peer: 'provider', text: /send_broadcast/ },
] as const;

type Plan = {
  name: string;
  redo: boolean;
  /** Where one operator's program after the other dies; the last one gets through. */
  deaths: readonly (readonly [Moment, EditStep])[];
  /** Where a worker is at while the campaign is changed. */
  meets: (typeof workerSteps)[number] & { moment: Moment };
  /** Whether that worker dies there. */
  workerDies: boolean;
  /** Nothing is handed over before the change lets it: it can be fired anew however long that takes, and each death has to be met. */
  isStrict: boolean;
};

/**
 * A campaign whose instant is prepared ahead is changed while a worker is on the way with its run, and whoever changes it dies at each of
 * these moments and begins again. Its people are messaged once, by the run as it was or by the one in its place.
 */
function campaignEdited({ name, redo, deaths, meets, workerDies, isStrict }: Plan): Play {
  return {
    name,
    recipients,
    // One step at a time: while the worker is held, nothing else of the run goes on.
    env: { SIARAN_CONCURRENCY: '1' },
    async act(setting) {
      const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
      await setting.siaran.addCampaign({
        ...{ name: setting.name, templateDetailId: 172, columns: invoiceColumns, audience },
        ...{ schedule: inAnHour, prepareAhead: '2h', ...(isStrict && redo && { handOver: '10m' }) },
      });
      let changed = false;
      let isHeld = false;
      const strike = async (hand: Hand) => {
        if (isHeld) return 'forward' as const;
        isHeld = true;
        // A request that is held is given up, and nobody knows what became of it.
        if (meets.name === 'sends') setting.toll.ambiguous += 1;
        // Whoever changes it may have to wait for this very step.
        await until(
          'the campaign is changed',
          async () => changed || (await waits(setting, 'the state of a run is locked')),
          Boolean,
        );
        if (workerDies) await setting.kill(hand);
        return workerDies ? ('drop' as const) : ('forward' as const);
      };
      await setting.hire('worker', [{ ...meets, strike }]);
      await until('the worker is on its way', async () => isHeld, Boolean);
      const met = await edit(setting, { templateDetailId: 173, handOver: null }, redo, deaths, !isStrict);
      if (isStrict && met < deaths.length) throw new Error(`${met} of ${deaths.length} deaths were met`);
      changed = true;
      await setting.hire('worker');
      await untilFinished(setting);
      const alive = await setting.query('SELECT 1 FROM runs WHERE cancelled_at IS NULL');
      if (alive.length !== 1) throw new Error(`${alive.length} runs of the instant go out`);
      const versions = await setting.siaran.campaignVersions(setting.name);
      if (versions.length > 2) throw new Error(`it was changed ${versions.length - 1} times`);
    },
  };
}

const audience = `sql:SELECT '62812' || (10000000 + i) AS phone_number, 'C' AS customer_name, 'I' AS body_variable1 FROM generate_series(0, ${recipients - 1}) AS i`;

/** Changes the campaign until it is done, or until there is nothing to be fired anew any more. Returns how many died at it. */
async function edit(
  setting: Setting,
  changes: CampaignChanges,
  redo: boolean,
  deaths: readonly (readonly [Moment, EditStep])[],
  mayMiss: boolean,
): Promise<number> {
  const options: EditOptions = { redo, by: 'operator' };
  for (let time = 0; ; time += 1) {
    const death = deaths[time];
    const strike = async (hand: Hand) => {
      await setting.kill(hand);
      return 'drop' as const;
    };
    const rules: PeerRule[] = death
      ? [{ peer: 'postgres', moment: death[0], text: editSteps[death[1]], strike, mayMiss }]
      : [];
    const hand = await setting.hire('operator', rules, { call: ['editCampaign', [setting.name, changes, options]] });
    const ended = await hand.produced;
    await hand.gone;
    if (isDone(ended) || (ended.kind === 'failed' && ended.code === 'TOO_LATE_TO_REDO')) return time;
    if (ended.kind === 'failed' && ended.code !== 'UNAVAILABLE')
      throw new Error(`the change failed: ${ended.code} ${ended.message}`);
    if (time > 20) throw new Error('the change never got through');
  }
}

/** The ones that are played each time: whoever changes it dies around each commit, and a worker is about to send, or sends. */
export const campaignScenes: readonly Play[] = [
  campaignEdited({
    name: 'a campaign is changed, and whoever does it dies around the commit',
    redo: false,
    deaths: [
      ['before', "the change's commit"],
      ['after', "the change's commit"],
    ],
    meets: { ...workerSteps[0], moment: 'before' },
    workerDies: false,
    isStrict: true,
  }),
  campaignEdited({
    name: 'a prepared firing is fired anew, and whoever does it dies around the commit',
    redo: true,
    deaths: [
      ['after', 'the instant gets another run'],
      ['before', "the redoing's commit"],
      ['after', "the redoing's commit"],
    ],
    meets: { ...workerSteps[2], moment: 'after' },
    workerDies: false,
    isStrict: true,
  }),
  campaignEdited({
    name: 'a prepared firing is fired anew while its audience is let go',
    redo: true,
    deaths: [['before', 'the run is withdrawn']],
    meets: { ...workerSteps[1], moment: 'before' },
    workerDies: false,
    isStrict: true,
  }),
];

/** One of them, of which moments and steps are drawn. */
export function randomCampaignEdit(seed: number): Play {
  const dice: Random = random(seed);
  const redo = dice.next() < 0.75;
  const steps = (Object.keys(editSteps) as EditStep[]).filter((step) => redo || /version|change/.test(step));
  const moments: readonly Moment[] = ['before', 'after'];
  const deaths = Array.from({ length: dice.between(1, 3) }, () => [dice.pick(moments), dice.pick(steps)] as const);
  const meets = { ...dice.pick(workerSteps), moment: dice.pick(moments) };
  const workerDies = dice.next() < 0.3;
  const words = [
    `a campaign is changed${redo ? ' and fired anew' : ''} while a worker ${meets.name} (${meets.moment})${workerDies ? ' and dies' : ''}`,
    ...deaths.map(([moment, step]) => `death ${moment} ${step}`),
  ];
  return campaignEdited({
    name: `${words.join(', ')}, seed ${seed}`,
    redo,
    deaths,
    meets,
    workerDies,
    isStrict: false,
  });
}
