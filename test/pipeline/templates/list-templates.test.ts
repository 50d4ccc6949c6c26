import { afterEach, expect, test } from '@jest/globals';
import { listTemplates } from '../../../src/pipeline/templates/list-templates.js';
import { refreshTemplates } from '../../../src/pipeline/templates/refresh-templates.js';
import { firstTemplates, type SandboxTemplate } from '../../../src/sandbox/templates.js';
import { eventually, type Rig, startRig } from '../../support/rig.js';

let rig: Rig;
afterEach(() => rig.close());

const namesOf = async (query = {}) =>
  (await rig.siaran.templates(query)).map(({ name, language }) => `${name}:${language}`);
const all = ['december_promo:id', 'flash_sale:id', 'invoice_update:id', 'new_year:id', 'reminder:en', 'reminder:id'];

test('the first call asks Qiscus, the next ones tell what is kept, and a refresh asks again', async () => {
  rig = await startRig();
  expect(await namesOf()).toEqual(all);
  rig.sandbox.setTemplates(firstTemplates.slice(0, 1));
  expect(await namesOf()).toEqual(all);
  expect(await namesOf({ refresh: true })).toEqual(['invoice_update:id']);
  expect(await namesOf({ channelId: 534 })).toEqual(['invoice_update:id']);
  expect(await namesOf({ channelId: 535 })).toEqual([]);
});

const [one] = firstTemplates;
const many = (length: number) =>
  Array.from({ length }, (_, at) => ({
    ...one,
    ...{ id: 1_000 + at, name: `t${String(at).padStart(3, '0')}` },
    hsm_details: one?.hsm_details.map((detail) => ({ ...detail, id: 5_000 + at })),
  })) as SandboxTemplate[];

test.each([100, 20])('every page is read where one has %i templates at most', async (templatesOnPage) => {
  const templates = many(130);
  rig = await startRig({ sandbox: { templates, templatesOnPage } });
  expect(await namesOf()).toEqual(templates.map(({ name }) => `${name}:id`));
});

test('a page of which nothing can be read does not end the reading', async () => {
  const odd = { id: 999, name: '', hsm_details: [] } as unknown as SandboxTemplate;
  rig = await startRig({ sandbox: { templates: [odd, ...many(3)], templatesOnPage: 1 } });
  expect(await namesOf()).toEqual(['t000:id', 't001:id', 't002:id']);
});

test('a list without an end takes the place of nothing, and it is said', async () => {
  rig = await startRig({ sandbox: { templatesOnPage: 1 } });
  expect(await namesOf()).toEqual(all);
  rig.sandbox.setTemplates(many(200));
  const { templates, faults } = await listTemplates(rig.ctx, { refresh: true });
  expect(templates).toHaveLength(all.length);
  expect(faults).toEqual([expect.stringContaining('account default: there is no end after 200 pages. These are as')]);
  rig.sandbox.setTemplates(many(199));
  expect(await namesOf({ refresh: true })).toHaveLength(199);
});

test('what is kept stays when Qiscus does not tell, and it is said why', async () => {
  rig = await startRig({ sandbox: { assumptions: { listTemplates: false } } });
  await rig.siaran.addTemplate({ templateDetailId: 7, name: 'mine', language: 'id', body: 'Halo' });
  const { templates, faults } = await listTemplates(rig.ctx, { refresh: true });
  expect(templates.map(({ name }) => name)).toEqual(['mine']);
  expect(faults).toEqual([
    expect.stringMatching(/^Qiscus did not tell the templates of account default: HTTP 404: .* as they were kept/),
  ]);
  const lists = await rig.query('SELECT told_at, fault FROM template_lists');
  expect(lists).toEqual([{ told_at: null, fault: expect.stringContaining('HTTP 404') }]);
});

test('a worker asks when it starts', async () => {
  rig = await startRig();
  await rig.work();
  await eventually(
    () => rig.query('SELECT 1 FROM templates'),
    (rows) => rows.length === all.length,
  );
});

test('of processes that look at the same time one asks, and not again within the hour', async () => {
  rig = await startRig();
  const asked = await Promise.all([1, 2, 3].map(() => refreshTemplates(rig.ctx, ['default'], 3_600_000)));
  expect(asked).toEqual([[], [], []]);
  rig.sandbox.setTemplates([]);
  await refreshTemplates(rig.ctx, ['default'], 3_600_000);
  expect(await namesOf()).toEqual(all);
});

test('what was added by hand stays until Qiscus tells the same id', async () => {
  rig = await startRig();
  const own = { templateDetailId: 1921, name: 'mine', language: 'id', body: 'Halo {{1}}' };
  await rig.siaran.addTemplate(own);
  await rig.siaran.addTemplate({ ...own, templateDetailId: 77 });
  expect(await namesOf({ refresh: true })).toEqual([...all.slice(0, 3), 'mine:id', ...all.slice(3)]);
  expect((await rig.siaran.templates()).find(({ name }) => name === 'mine')).toMatchObject({
    ...{ templateDetailId: 77, approval: 'approved', source: 'added', columns: ['phone_number', 'body_variable1'] },
  });
});

test('nobody writes another template in the place of one that Qiscus has told', async () => {
  rig = await startRig();
  const told = (await rig.siaran.templates()).find(({ templateDetailId }) => templateDetailId === 1921);
  const own = { templateDetailId: 1921, name: 'reminder', language: 'id', body: 'Nothing to see here' };
  await expect(rig.siaran.addTemplate(own)).rejects.toMatchObject({
    ...{ code: 'USAGE', message: expect.stringContaining('Qiscus lists template 1921') },
  });
  expect((await rig.siaran.templates()).find(({ templateDetailId }) => templateDetailId === 1921)).toEqual(told);
  await rig.siaran.addTemplate({ ...own, templateDetailId: 77 });
  expect(await rig.siaran.addTemplate({ ...own, templateDetailId: 77, body: 'Halo' })).toMatchObject({ body: 'Halo' });
});
