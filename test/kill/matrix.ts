import { parseArgs } from 'node:util';
import { type Play, play, type Report } from './play.js';
import { approvedUnheard } from './scenes/approval.js';
import { dieAt, freezeAt } from './scenes/at-a-boundary.js';
import { type Boundary, boundaries, messageBoundaries, relayBoundaries } from './scenes/boundaries.js';
import { campaignScenes, randomCampaignEdit } from './scenes/campaigns.js';
import { ledgerPutBack, otherAccountHeld, pausedAtIntent } from './scenes/delivery.js';
import { evidenceScenes } from './scenes/evidence.js';
import { givingUp } from './scenes/give-up.js';
import { bufferWiped, pushReplyLost, twoChunkers } from './scenes/intake.js';
import { outages, playOutage, playPutBack } from './scenes/outages.js';
import { peopleScenes } from './scenes/people.js';
import { randomKills } from './scenes/random.js';
import { silences } from './scenes/silence.js';
import { Spares } from './setting/processes.js';
import { startOwnServices } from './setting/services.js';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' }, kills: { type: 'string' }, lanes: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const kills = Number(values.kills ?? 500);
const laneCount = Number(values.lanes ?? 3);
const only = new RegExp(values.only ?? '', 'i');

const services = await startOwnServices();
const spares = new Spares(2);
const reports: Report[] = [];

type Turn = { name: string; play: () => Promise<Report> };
const scene = (one: Play): Turn => ({ name: one.name, play: () => play(services, spares, one) });

/** Every boundary at its first, second and third occurrence, as far as there are as many, one process after the other. */
const boundaryTurns = [
  [1, 1, 1],
  [2, 1, 3],
  [3, 2, 1],
].flatMap((occurrences) => {
  const at = (passed: readonly Boundary[], recipients: number) =>
    passed
      .filter(({ times = 3 }) => (occurrences[0] ?? 1) <= times)
      .map((boundary) => scene(dieAt(boundary, occurrences, recipients)));
  return [...at(boundaries, 5_300), ...at(messageBoundaries, 9), ...at(relayBoundaries, 2_300)];
});

/** After its first message, a run of nine sends the others as one group: its worker dies at each of their requests. */
const groupTurns = messageBoundaries
  .filter(({ name }) => /before the request is read|accepted, before its answer/.test(name))
  .flatMap((boundary) => [4, 5, 6, 7, 8, 9].map((nth) => scene(dieAt(boundary, [nth], 9))));

const freezable = [...boundaries, ...messageBoundaries].filter(({ name }) =>
  /accepted, before its answer|intent's commit and|witness was raised|request is read|works on the request|before the record|recorded upload and/.test(
    name,
  ),
);
const otherTurns = [
  ...freezable.map((boundary) => scene(freezeAt(boundary, boundary.individual ? 3 : 1_300))),
  ...[
    pushReplyLost,
    bufferWiped,
    pausedAtIntent,
    twoChunkers,
    ledgerPutBack,
    otherAccountHeld(),
    ...evidenceScenes,
    ...campaignScenes,
    ...peopleScenes,
    approvedUnheard,
    ...Array.from({ length: 12 }, (_, at) => randomCampaignEdit(seed + at)),
  ].map(scene),
];
const outageTurns = [
  ...[...silences, ...givingUp].map(scene),
  ...outages.map((outage, at) => ({ name: outage.name, play: () => playOutage(spares, outage, seed + at, 4) })),
  { name: 'Postgres is put back, by its files', play: () => playPutBack(spares) },
];
/** Random kills make up the number that was asked for. */
function* randomTurns(): Generator<Turn> {
  for (let number = 1; ; number += 1) {
    const one = randomKills(seed + number, 12, number % 2 === 0);
    yield scene(one);
  }
}

console.log(`seed ${seed}: repeat one with --seed ${seed} --only NAME`);
const started = Date.now();
await runLanes([...otherTurns, ...outageTurns, ...boundaryTurns, ...groupTurns].filter(({ name }) => only.test(name)));
if (only.test('random kills')) await runRandom();
const wrong = printTable();
console.log(`logs of the processes: ${await spares.dir()}`);
await spares.close();
await services.stop();
process.exit(wrong ? 1 : 0);

async function runLanes(turns: Turn[]): Promise<void> {
  const queue = [...turns];
  const lane = async () => {
    for (let turn = queue.shift(); turn; turn = queue.shift()) await runTurn(turn);
  };
  await Promise.all(Array.from({ length: laneCount }, lane));
}

async function runRandom(): Promise<void> {
  const turns = randomTurns();
  const lane = async () => {
    while (total(({ kills: count }) => count) < kills) await runTurn(turns.next().value as Turn);
  };
  await Promise.all(Array.from({ length: laneCount }, lane));
}

async function runTurn(turn: Turn): Promise<void> {
  const begun = Date.now();
  const report = await turn.play();
  reports.push(report);
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  console.log(
    `${report.wrongs.length > 0 ? 'WRONG' : 'ok   '} ${seconds.padStart(5)} s ${report.kills} kills: ${report.name}`,
  );
  for (const line of [...report.measured, ...report.wrongs]) console.log(`        ${line}`);
}

function total(of: (report: Report) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

function printTable(): boolean {
  const recoveries = reports.flatMap((report) => report.recoveries).sort((a, b) => a - b);
  const ms = (at: number) => `${((recoveries[at] ?? 0) / 1_000).toFixed(1)} s`;
  const broken = reports.filter((report) => report.wrongs.length > 0);
  const table: [string, string | number][] = [
    ['kills', total((report) => report.kills)],
    ['recipients', total((report) => report.recipients)],
    ['sent twice', total((report) => report.sentTwice)],
    ['lost', total((report) => report.lost)],
    ['unknown batches, all settled truthfully', total((report) => report.unknown)],
    ['until work went on, median', ms(Math.floor(recoveries.length / 2))],
    ['until work went on, worst', ms(recoveries.length - 1)],
    ['scenes', `${reports.length} in ${Math.round((Date.now() - started) / 1_000)} s`],
    ['scenes gone wrong', broken.length],
  ];
  console.log(`\n| | |\n| --- | ---: |\n${table.map(([what, count]) => `| ${what} | ${count} |`).join('\n')}\n`);
  for (const { name, wrongs } of broken) console.log(`WRONG: ${name}: ${wrongs.join('; ')}`);
  return broken.length > 0;
}
