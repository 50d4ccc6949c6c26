import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const namesIn = (templates: { name: string; language: string }[]) =>
  templates.map(({ name, language }) => `${name}:${language}`);

test('templates are told as the library tells them, to viewers as well', async () => {
  const { status, body } = await rig.ask('GET', '/api/v1/templates?channelId=534', { token: tokens.viewer });
  expect(status).toBe(200);
  expect(body).toEqual(await rig.siaran.templates());
  expect(namesIn(body)).toContain('reminder:id');
  expect((await rig.ask('GET', '/api/v1/templates?channelId=535')).body).toEqual([]);
});

test.each(['channel=534', 'account=nobody', 'channelId=x'])('a query of %s is refused', async (query) => {
  expect(await rig.ask('GET', `/api/v1/templates?${query}`)).toMatchObject({ status: 400, body: { code: 'USAGE' } });
});

test('a refresh asks Qiscus, and is for operators', async () => {
  rig.sandbox.setTemplates([]);
  expect((await rig.ask('POST', '/api/v1/templates/refresh', { token: tokens.viewer })).status).toBe(403);
  expect(await rig.ask('POST', '/api/v1/templates/refresh')).toMatchObject({
    status: 200,
    body: { templates: [], faults: [] },
  });
  expect((await rig.ask('GET', '/api/v1/templates')).body).toEqual([]);
});

test('a template can be added by hand', async () => {
  const mine = { templateDetailId: 7, name: 'mine', language: 'id', body: 'Halo {{1}}' };
  const { status, body } = await rig.ask('POST', '/api/v1/templates', { json: mine });
  expect(status).toBe(200);
  expect(body).toMatchObject({ ...mine, source: 'added', columns: ['phone_number', 'body_variable1'] });
  expect((await rig.ask('POST', '/api/v1/templates', { json: { ...mine, name: '' } })).status).toBe(400);
  const entry = { action: 'POST /api/v1/templates', actor: 'ada' };
  expect((await rig.ask('GET', '/api/v1/audit?limit=5')).body.items).toContainEqual(expect.objectContaining(entry));
});

test('a test is for operators, and says how far it is when the wait is over', async () => {
  const request = { template: 'mine', variables: ['Ada'], phoneNumbers: ['6281234567890'], wait: '100ms' };
  const path = '/api/v1/templates/test-send';
  expect((await rig.ask('POST', path, { json: request, token: tokens.analyst })).status).toBe(403);
  const { status, body } = await rig.ask('POST', path, { json: request });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'sealed', outcome: null, message: { body: 'Halo Ada' } });
  const { items } = (await rig.ask('GET', '/api/v1/audit?limit=1&action=test%20send')).body;
  expect(items).toEqual([expect.objectContaining({ text: 'ada (token) sent a test of template "mine"' })]);
  expect(JSON.stringify(items)).not.toContain('6281234567890');
});
