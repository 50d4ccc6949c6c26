import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Document } from '../../../src/admin/document/document.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { lacksOf, operationsOf, responseOf } from './lacks.js';

let rig: AdminRig;
let document: Document;
const file = new URL('../../../docs/reference/openapi.json', import.meta.url);

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test' } });
  document = (await rig.ask('GET', '/openapi.json')).body as Document;
});
afterAll(() => rig.close());

test('no operation lacks a name, a tag, a schema, a problem or an example that is right', () => {
  expect(lacksOf(document)).toEqual([]);
  expect(operationsOf(document).length).toBeGreaterThan(60);
});

test('what an operation lacks is named, with what to do', () => {
  const poor = structuredClone(document);
  const operation = poor.paths['/api/v1/runs/{runId}']?.get;
  if (!operation) throw new Error('there is no such operation');
  delete operation.operationId;
  delete operation.responses[401];
  operation.parameters = [{ name: 'runId', in: 'path', schema: { type: 'string' }, example: 1 }];
  operation.responses[200] = { description: '', content: { 'application/json': { schema: { type: 'object' } } } };
  expect(lacksOf(poor)).toEqual([
    expect.stringContaining('GET /api/v1/runs/{runId} lacks an `operationId`'),
    'GET /api/v1/runs/{runId} lacks the problem 401',
    expect.stringContaining('lacks a right example of runId: data must be string'),
    expect.stringContaining('lacks a right example of its answer 200'),
    expect.stringContaining('lacks a name for its answer 200'),
  ]);
});

test('who may come in, and that everything refused is a problem, is said once', () => {
  expect(document).toMatchObject({
    security: [{ token: [] }, { session: [] }],
    servers: [{ url: '/' }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { in: 'cookie' } } },
  });
  for (const { operation } of operationsOf(document))
    for (const [status, response] of Object.entries(operation.responses))
      if (Number(status) >= 400)
        expect(Object.keys(responseOf(document, response).content ?? {})).toEqual(['application/problem+json']);
});

test('streams and keys are described', () => {
  const { paths } = document;
  expect(Object.keys(paths['/api/v1/runs/{runId}/recipients']?.post?.requestBody?.content ?? {})).toEqual([
    'text/csv',
    'application/x-ndjson',
  ]);
  const answers = { '/api/v1/runs/{runId}/events': 'text/event-stream', '/api/v1/audit.csv': 'text/csv' };
  for (const [path, type] of Object.entries({ ...answers, '/api/v1/runs/{runId}/export': 'text/csv' }))
    expect(Object.keys(paths[path]?.get?.responses[200]?.content ?? {})).toEqual([type]);
  const { parameters = [] } = paths['/api/v1/drafts/{draftId}/file']?.put ?? {};
  expect(parameters).toContainEqual(expect.objectContaining({ name: 'Upload-Offset', in: 'header', required: true }));
  const takesKey = operationsOf(document)
    .filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'Idempotency-Key'))
    .map(({ operation }) => operation.operationId);
  expect(takesKey).toEqual(['startRun', 'sendMessage', 'enqueueRecipients']);
});

test('docs/reference/openapi.json is what the server serves', () => {
  const served = `${JSON.stringify(document, null, 1)}\n`;
  if (process.env.SIARAN_TEST_WRITE) writeFileSync(file, served);
  // `npm run api-document` writes it anew.
  expect(readFileSync(file, 'utf8') === served).toBe(true);
});
