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
    const answer = await rig.ask(method, `${path}?stauts=held`, { token: tokens.owner });
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 400, 'USAGE']);
    if (method === 'GET') expect(answer.body.detail).toContain('stauts');
  }
});

test('operators stop everything over HTTP and let it go on; viewers may not, and see that it stands', async () => {
  const runId = await chunked(rig, 5);
  const refused = await rig.ask('POST', '/api/v1/stop', { token: tokens.viewer });
  expect(refused).toMatchObject({ status: 403, body: { code: 'ROLE' } });
  expect(await rig.siaran.stops()).toEqual([]);
  const stopped = await rig.ask('POST', '/api/v1/stop', { json: {} });
  expect(stopped).toMatchObject({
    status: 200,
    body: { runs: 1, campaigns: 0, held: { batches: 1, recipients: 5 }, handedOver: { batches: 0, recipients: 0 } },
  });
  expect(await rig.ask('GET', '/api/v1/stops', { token: tokens.viewer })).toMatchObject({
    body: [{ account: null, stoppedBy: 'ada' }],
  });
  expect((await rig.ask('POST', '/api/v1/go', { json: { account: 'default' } })).body).toMatchObject({ lifted: false });
  expect((await rig.ask('POST', '/api/v1/go')).body).toEqual({ lifted: true, standing: [] });
  const told = (await rig.ask('GET', '/api/v1/audit?actor=ada')).body.items.map(({ text }: { text: string }) => text);
  expect(told).toEqual(
    expect.arrayContaining(['ada (token) stopped everything', 'ada (token) let everything go on that was stopped']),
  );
  await rig.siaran.cancel(runId);
});
