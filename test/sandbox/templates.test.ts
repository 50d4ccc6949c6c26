import { afterEach, expect, test } from '@jest/globals';
import { firstTemplates } from '../../src/sandbox/templates.js';
import { type Client, KEYS, openClient } from './client.js';

let client: Client;
afterEach(() => client.close());

const path = '/api/v2/admin/hsm';
const namesIn = (json: unknown) =>
  (json as { data: { hsm_templates: { name: string }[] } }).data.hsm_templates.map(({ name }) => name);

test('templates are told in pages, in the observed shape, to those who have the keys', async () => {
  client = await openClient();
  const first = await client.call('GET', `${path}?page=1&limit=3`, undefined, KEYS);
  expect(first.status).toBe(200);
  expect(first.json).toMatchObject({
    data: {
      hsm_templates: [
        { id: 191, name: 'invoice_update', category: 'UTILITY', channel_id: 534, hsm_details: [{ id: 1911 }] },
        { name: 'reminder', hsm_details: [{ id: 1921, language: 'id', approval_status: 1 }, { language: 'en' }] },
        { name: 'december_promo' },
      ],
    },
  });
  const second = await client.call('GET', `${path}?page=2&limit=3`, undefined, KEYS);
  expect(namesIn(second.json)).toEqual(['new_year', 'flash_sale']);
  expect(namesIn((await client.call('GET', `${path}?channel_id=9`, undefined, KEYS)).json)).toEqual([]);
  expect((await client.call('GET', path)).status).toBe(401);
  expect((await client.call('POST', path, '{}', KEYS)).status).toBe(404);
});

test('the assumption that there is such a call can be turned round', async () => {
  client = await openClient({ assumptions: { listTemplates: false } });
  expect((await client.call('GET', path, undefined, KEYS)).status).toBe(404);
});

test('the list can be replaced over HTTP, and a reset brings the first one back', async () => {
  client = await openClient();
  const [one] = firstTemplates;
  expect((await client.call('PUT', '/_sandbox/templates', JSON.stringify([one]))).status).toBe(200);
  expect(namesIn((await client.call('GET', path, undefined, KEYS)).json)).toEqual(['invoice_update']);
  expect(await client.call('PUT', '/_sandbox/templates', '[{}]')).toMatchObject({ status: 400 });
  await client.call('POST', '/_sandbox/reset');
  expect((await client.call('GET', '/_sandbox/templates')).json).toEqual(firstTemplates);
});
