import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { chunked } from '../../support/runs.js';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

test('what needs a person is told over HTTP as the library tells it, also to a viewer', async () => {
  const runId = await chunked(rig, 5);
  expect(await rig.ask('GET', '/api/v1/status')).toMatchObject({ status: 200, body: await rig.siaran.status() });
  expect((await rig.siaran.status()).attention).toMatchObject([{ kind: 'workers', recipients: 5 }]);
  const { body } = await rig.ask('GET', '/api/v1/status', { token: tokens.viewer });
  expect(body.attention).toHaveLength(1);
  await rig.siaran.cancel(runId);
});

test('no route of the API ignores a parameter that it does not know', async () => {
  const { body: api } = await rig.ask('GET', '/openapi.json');
  const routes = Object.entries<Record<string, object>>(api.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
  );
  expect(routes.length).toBeGreaterThan(30);
  for (const [method, path] of routes) {
    const answer = await rig.ask(method, `${path}?stauts=held`);
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 400, 'USAGE']);
    if (method === 'GET') expect(answer.body.detail).toContain('stauts');
  }
});
