import { afterEach, describe, expect, test } from '@jest/globals';
import type { Assumptions } from '../../src/sandbox/assumptions.js';
import { type Client, messageBody, numberIn, openClient, sendBody, TWO_ROWS } from './client.js';

let client: Client;
afterEach(() => client.close());

const FUTURE = '2999-03-05T11:59:00.000Z';

describe('send_broadcast', () => {
  test('a send is answered in the documented shape, with started_at without milliseconds', async () => {
    client = await openClient();
    const reply = await client.send(sendBody(await client.file(), { started_at: FUTURE }));
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      data: {
        broadcast_job: {
          canceled_at: null,
          canceled_by: null,
          channel_id: expect.any(Number),
          channel_name: expect.any(String),
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          id: expect.any(Number),
          language: 'id',
          name: '[r7k2m-0001.1] Invoices',
          started_at: '2999-03-05T11:59:00Z',
          status: 4,
          template_detail_id: 172,
          template_id: expect.any(Number),
          template_name: expect.any(String),
          total_failed: null,
          total_read: null,
          total_received: null,
          total_recipient: 2,
          total_sent: null,
          user: { name: expect.any(String) },
        },
      },
      status: 200,
    });
  });

  test('a send without started_at starts now', async () => {
    client = await openClient();
    const reply = await client.send(sendBody(await client.file()));
    expect(reply.text).toMatch(/"started_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/);
    expect(client.sandbox.accepted.jobs()).toMatchObject([{ startedAt: null }]);
  });

  test('a multipart send is accepted as a JSON one is', async () => {
    client = await openClient();
    const id = await client.file();
    const fields = {
      template_detail_id: '172',
      broadcast_file_id: String(id),
      name: 'Form',
      separator: ',',
      started_at: FUTURE,
    };
    const reply = await client.sendForm(fields);
    expect(reply.status).toBe(200);
    expect(client.sandbox.accepted.jobs()).toEqual([
      {
        id: numberIn(reply.json, 'data', 'broadcast_job', 'id'),
        name: 'Form',
        broadcastFileId: id,
        templateDetailId: 172,
        startedAt: FUTURE,
        recipients: 2,
        receivedAt: expect.any(String),
      },
    ]);
  });

  test('a file that is sent twice becomes two jobs, and its numbers are delivered to twice', async () => {
    client = await openClient();
    const id = await client.file();
    const first = await client.send(sendBody(id));
    const second = await client.send(sendBody(id));
    const jobId = (json: unknown) => numberIn(json, 'data', 'broadcast_job', 'id');
    expect(jobId(second.json)).toBeGreaterThan(jobId(first.json));
    expect(client.sandbox.accepted.summary()).toMatchObject({
      files: 1,
      jobs: 2,
      recipients: 4,
      distinctNumbers: 2,
      mostPerNumber: 2,
    });
    expect(client.sandbox.accepted.deliveries()).toEqual(
      new Map([
        ['628111111111', 2],
        ['628222222222', 2],
      ]),
    );
  });

  test('a number that stands in a file twice is delivered to twice', async () => {
    client = await openClient();
    await client.send(sendBody(await client.file('phone_number\n628111111111\n628111111111\n')));
    expect(client.sandbox.accepted.deliveriesTo('628111111111')).toBe(2);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no template_detail_id', { template_detail_id: undefined }, 'template_detail_id'],
    ['a template_detail_id that is text', { template_detail_id: '172' }, 'template_detail_id'],
    ["another template_detail_id than the file's", { template_detail_id: 173 }, "the file's is 172"],
    ['no broadcast_file_id', { broadcast_file_id: undefined }, 'broadcast_file_id'],
    ['an unknown broadcast_file_id', { broadcast_file_id: 7 }, 'broadcast_file_id 7 is not known'],
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: ' ' }, 'name: must not be empty'],
    ['no separator', { separator: undefined }, 'separator'],
    ["another separator than the file's", { separator: ';' }, `the file's is ","`],
    ['a started_at that is no date', { started_at: 'tomorrow' }, 'not ISO 8601'],
    ['a started_at that is a date only', { started_at: '2999-03-05' }, 'not ISO 8601'],
    ['a started_at on a day that does not exist', { started_at: '2999-02-30T10:00:00Z' }, 'not ISO 8601'],
    ['a started_at without an offset', { started_at: '2999-03-05T11:59:00' }, 'has no offset'],
    ['a started_at in the past', { started_at: '2022-03-05T11:59:00.000Z' }, 'in the past'],
  ])('a send with %s is refused with 422 and a reason', async (_, change, reason) => {
    client = await openClient();
    const reply = await client.send(sendBody(await client.file(), change));
    expect(reply).toMatchObject({ status: 422, json: { error: expect.stringContaining(reason) } });
    expect(client.sandbox.accepted.summary()).toMatchObject({ jobs: 0, recipients: 0, requests: { send: 1 } });
  });

  test('a send without keys, of broken JSON, or of another content type is refused', async () => {
    client = await openClient();
    const body = sendBody(await client.file());
    expect(await client.send(body, { 'Qiscus-Secret-Key': '' })).toMatchObject({ status: 401 });
    expect(await client.send(body, { 'Content-Type': 'text/plain' })).toMatchObject({ status: 422 });
    const keys = { 'Qiscus-App-Id': 'a', 'Qiscus-Secret-Key': 'b', 'Content-Type': 'application/json' };
    const broken = await client.call('POST', '/api/v3/admin/broadcast/send_broadcast', '{', keys);
    expect(broken).toMatchObject({ status: 422, json: { error: 'body is not valid JSON' } });
    expect(client.sandbox.accepted.jobs()).toEqual([]);
  });

  test.each<[keyof Assumptions, boolean, Record<string, unknown>, number]>([
    ['refusePastStartedAt', false, { started_at: '2022-03-05T11:59:00.000Z' }, 200],
    ['refuseStartedAtWithoutOffset', false, { started_at: '2999-03-05T11:59:00' }, 200],
    ['refuseOffsetsOtherThanZ', false, { started_at: '2999-03-05T11:59:00+07:00' }, 200],
    ['refuseOffsetsOtherThanZ', true, { started_at: '2999-03-05T11:59:00+07:00' }, 422],
    ['requireSameAsFile', false, { template_detail_id: 173, separator: ';' }, 200],
    ['acceptJsonSend', false, {}, 422],
  ])('with %s=%s, a send with %j is answered %d', async (assumption, value, change, status) => {
    client = await openClient({ assumptions: { [assumption]: value } });
    expect(await client.send(sendBody(await client.file(), change))).toMatchObject({ status });
  });

  test('refuseSecondSend refuses a file that was sent; acceptMultipartSend=false refuses forms; requireJsonContentType=false takes any', async () => {
    client = await openClient({
      assumptions: { refuseSecondSend: true, acceptMultipartSend: false, requireJsonContentType: false },
    });
    const id = await client.file();
    const form = { template_detail_id: '172', broadcast_file_id: String(id), name: 'Form', separator: ',' };
    expect(await client.sendForm(form)).toMatchObject({ status: 422 });
    expect(await client.send(sendBody(id), { 'Content-Type': 'text/plain' })).toMatchObject({ status: 200 });
    expect(await client.send(sendBody(id))).toMatchObject({ status: 422 });
    expect(client.sandbox.accepted.summary()).toMatchObject({ jobs: 1, mostPerNumber: 1 });
  });

  test('a started_at with an offset is echoed in UTC', async () => {
    client = await openClient();
    const reply = await client.send(sendBody(await client.file(), { started_at: '2999-03-05T18:59:00+07:00' }));
    expect(reply.text).toContain('"started_at":"2999-03-05T11:59:00Z"');
  });
});

describe('client', () => {
  test('a single message is answered in the documented shape, with variables as text', async () => {
    client = await openClient();
    const reply = await client.message(messageBody({ started_at: FUTURE }));
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      data: {
        broadcast_job_id: expect.any(Number),
        broadcast_logs: [
          {
            id: expect.any(Number),
            message_id: null,
            notes: null,
            phone_number: '628111111111',
            sent_at: '2999-03-05T11:59:00Z',
            status: 'scheduled',
            variables: '["Ani","Rp. 30.000"]',
          },
        ],
        language: 'id',
        name: 'invoice_update',
        namespace: '6616bb93_d895_41e7_8bbe_2c528219e56e',
      },
      status: 200,
    });
    expect(client.sandbox.accepted.jobs()).toMatchObject([
      { name: 'Invoice of Ani', broadcastFileId: null, recipients: 1 },
    ]);
    expect(client.sandbox.accepted.deliveriesTo('628111111111')).toBe(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no channel_id', { channel_id: undefined }, 'channel_id'],
    ['variables that are text', { variables: 'Ani' }, 'variables'],
    ['a number with a plus', { phone_number: '+628111111111' }, 'phone_number: is not E.164 digits'],
    ['a started_at in the past', { started_at: '2022-03-05T11:59:00.000Z' }, 'in the past'],
    ['button_params that are no objects', { button_params: ['url'] }, 'button_params'],
  ])('a single message with %s is refused with 422', async (_, change, reason) => {
    client = await openClient();
    const reply = await client.message(messageBody(change));
    expect(reply).toMatchObject({ status: 422, json: { error: expect.stringContaining(reason) } });
    expect(client.sandbox.accepted.summary()).toMatchObject({ jobs: 0, distinctNumbers: 0, requests: { client: 1 } });
  });
});

test('what is neither a known path nor POST is 404 or 405', async () => {
  client = await openClient();
  expect(await client.call('POST', '/api/v3/elsewhere', TWO_ROWS)).toMatchObject({ status: 404 });
  expect(await client.call('GET', '/api/v3/admin/broadcast/client')).toMatchObject({ status: 405 });
});
