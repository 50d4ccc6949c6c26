import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invoices } from '../support/rig.js';
import { statement } from './names.js';
import { type Play, play, type Report } from './play.js';
import { dieAt, freezeAt } from './scenes/at-a-boundary.js';
import { boundaries, messageBoundaries, relayBoundaries } from './scenes/boundaries.js';
import { ledgerPutBack, otherAccountHeld, pausedAtIntent } from './scenes/delivery.js';
import { bufferWiped, pushReplyLost, twoChunkers } from './scenes/intake.js';
import { Spares } from './setting/processes.js';

/** The others are in the matrix: npm run test:kill. */
const chosen = [
  'before an intake is registered',
  'after a block was pushed',
  'before the promise is recorded',
  'before the run is sealed',
  'after recipients were inserted',
  "before a chunk's commit",
  "between a chunk's commit and the trim",
  'between the claim and the upload',
  'while the upload is read',
  'after the upload was accepted, before its answer',
  'between the recorded upload and the intent',
  "between the intent's commit and the witness",
  'after the witness was raised',
  'after the intent, when the connection stands',
  'while the provider works on the request',
  'after the provider accepted, before its answer',
  'after the answer, before the record',
  'after the record, before the queue job is completed',
  'while bisecting',
].map(boundaryNamed);

const messages = [
  "between the intent's commit and the witness",
  'while the request is read',
  'after the provider accepted, before its answer',
  "before a message's answer is committed",
].map((name) => boundaryNamed(`${name}, of a message`));

/** The second time that a worker passes it, it is with a group of messages. */
const groups = [
  "between the intent's commit and the witness",
  'after the intent, before the request is read',
  'after the answer, before the record',
].map((name) => boundaryNamed(`${name}, of a message`));

const relays = ['after handed-in rows were taken', 'after the commit of handed-in rows'].map(boundaryNamed);

const frozen = [
  'after the upload was accepted, before its answer',
  'before the witness is raised',
  'after the witness was raised',
].map(boundaryNamed);

const scenes: readonly Play[] = [
  ...chosen.map((boundary) => ({ ...dieAt(boundary, [1], 1_300), name: `killed ${boundary.name}` })),
  ...messages.map((boundary) => ({ ...dieAt(boundary, [1], 5), name: `killed ${boundary.name}` })),
  ...groups.map((boundary) => ({ ...dieAt(boundary, [2], 9), name: `killed ${boundary.name}, in a group` })),
  ...relays.map((boundary) => ({ ...dieAt(boundary, [1], 700), name: `killed ${boundary.name}` })),
  ...frozen.map((boundary) => freezeAt(boundary, 1_300)),
  ...[pushReplyLost, bufferWiped, pausedAtIntent, twoChunkers, ledgerPutBack, otherAccountHeld()],
];

const services = () => ({
  databaseUrl: process.env.SIARAN_TEST_POSTGRES ?? '',
  redisUrl: process.env.SIARAN_TEST_REDIS ?? '',
});
const spares = new Spares(2);
const reports = new Map<string, Promise<Report>>();

// A scene waits more than it works, so that three of them go on at the same time.
beforeAll(() => {
  const lanes = Array.from({ length: 3 }, () => Promise.resolve() as Promise<unknown>);
  for (const [at, scene] of scenes.entries()) {
    const report = (lanes[at % lanes.length] as Promise<unknown>).then(() => play(services(), spares, scene));
    reports.set(scene.name, report);
    lanes[at % lanes.length] = report;
  }
});
afterAll(() => spares.close());

test.each(scenes.map(({ name }) => name))(
  '%s: nobody is messaged twice and nobody is lost',
  async (name) => {
    const report = await reports.get(name);
    expect(report).toMatchObject({ wrongs: [], sentTwice: 0, lost: 0 });
    if (name.startsWith('killed')) expect(report?.kills).toBeGreaterThan(0);
  },
  180_000,
);

test('a scene whose rule strikes nothing is wrong', async () => {
  const text = statement('what nobody says');
  const scene: Play = {
    name: 'nothing is struck',
    recipients: 10,
    async act(setting) {
      await setting.hire('worker', [{ peer: 'postgres', moment: 'before', text, strike: async () => 'drop' }]);
      await setting.siaran.broadcast({ ...setting.request, recipients: invoices(10) });
    },
  };
  const { wrongs } = await play(services(), spares, scene);
  expect(wrongs).toEqual([`nothing was struck at postgres, before: ${text}`]);
});

function boundaryNamed(name: string) {
  const found = [...boundaries, ...messageBoundaries, ...relayBoundaries].find((boundary) => boundary.name === name);
  if (!found) throw new Error(`there is no boundary ${JSON.stringify(name)}`);
  return found;
}
