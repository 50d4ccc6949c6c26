import { beforeAll, expect, test } from '@jest/globals';
import { type Fence, fencesOf, pages, readPage } from './markdown.js';
import { compile, type Program, play, programsOf } from './play.js';
import { isPlain, startPageRig } from './setting.js';

/** Most of the time a command starts, for which a core is needed. */
const turnsAtOnce = 3;
const runnable = ['ts', 'sh', 'sql', 'console'];
const faults: string[] = [];
let fences: Fence[];

beforeAll(async () => {
  fences = [];
  for (const page of await pages()) fences.push(...fencesOf(page, await readPage(page)));
  const played = fences.filter(({ language, file, notRun }) => (runnable.includes(language) || file) && !notRun);
  const names = [...new Set(played.map(({ page }) => page))];
  const programs = programsOf(played);
  await compile(programs);
  // Pages that want nothing of their own take turns on the same services.
  const waiting = [names.filter(isPlain), ...names.filter((name) => !isPlain(name)).map((name) => [name])];
  const turn = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await playPages(next, played, programs);
  };
  await Promise.all(Array.from({ length: turnsAtOnce }, turn));
}, 240_000);

async function playPages(names: readonly string[], played: readonly Fence[], programs: readonly Program[]) {
  const rig = await startPageRig(names[0] ?? '');
  try {
    for (const name of names) {
      const ofPage = played.filter(({ page }) => page === name);
      await play(rig, ofPage, programs).catch((error: Error) => faults.push(error.message));
    }
  } finally {
    await rig.close();
  }
}

test('every example of every page does what the page says', () => {
  expect(faults).toEqual([]);
  expect(new Set(fences.map(({ page }) => page)).size).toBeGreaterThan(12);
});

test('what is not run says why', () => {
  const left = fences.filter(({ language, notRun }) => runnable.includes(language) && notRun !== undefined);
  expect(left.map(({ page }) => page)).toEqual([...left.map(({ page }) => page)].sort());
  expect(left.every(({ notRun }) => (notRun ?? '').length > 10)).toBe(true);
  expect(left.length).toBeLessThanOrEqual(fences.filter(({ language }) => runnable.includes(language)).length / 3);
});
