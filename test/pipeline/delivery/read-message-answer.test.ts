import { expect, test } from '@jest/globals';
import { isMessagesTrouble, readMessageAnswer } from '../../../src/pipeline/delivery/read-answer.js';

const untold = { broadcastLogId: null, messageId: null, status: 'scheduled', notes: null };

const oddMessages: [string, unknown, object][] = [
  ['a job and no log', { data: { broadcast_job_id: 5 } }, { outcome: 'scheduled', broadcastJobId: 5, logs: [untold] }],
  [
    'a log of another shape',
    { data: { broadcast_job_id: 5, broadcast_logs: 'x' } },
    { outcome: 'scheduled', logs: [untold] },
  ],
  [
    'a log whose fields can not be read',
    { data: { broadcast_job_id: 5, broadcast_logs: [{ id: '7', notes: {}, sent_at: 'today' }] } },
    { outcome: 'scheduled', logs: [{ broadcastLogId: null, notes: null, sentAt: null }] },
  ],
  [
    'one log that failed among others',
    {
      data: {
        broadcast_job_id: 5,
        broadcast_logs: [
          { id: 1, status: 'failed' },
          { id: 2, status: 'sent' },
        ],
      },
    },
    { outcome: 'scheduled' },
  ],
  [
    'a log that failed',
    { data: { broadcast_job_id: 5, broadcast_logs: [{ id: 1, status: 'failed', notes: '131026' }] } },
    { outcome: 'failed', broadcastJobId: 5, error: expect.stringContaining('131026') },
  ],
  [
    'a log that says Failed, and no job',
    { data: { broadcast_job_id: null, broadcast_logs: [{ id: 1, status: ' Failed', notes: '131026' }] } },
    { outcome: 'failed', broadcastJobId: null, logs: [{ status: 'failed' }] },
  ],
  [
    'ids and instants that could not be kept',
    { data: { broadcast_job_id: 5, broadcast_logs: [{ id: 1, message_id: ' ', sent_at: '0000-01-01T00:00:00Z' }] } },
    { outcome: 'scheduled', logs: [{ messageId: null, sentAt: null }] },
  ],
  ['no job', { data: { broadcast_logs: [{ id: 1, status: 'scheduled' }] } }, { outcome: 'unknown' }],
  ['a refusal', { error: 'template is gone' }, { outcome: 'failed', error: 'HTTP 200: template is gone' }],
];

test.each(oddMessages)('a message that is answered with %s is told as it is', (_, body, told) => {
  const answer = { status: 200, retryAfter: undefined, text: JSON.stringify(body) };
  expect(readMessageAnswer(answer)).toMatchObject(told);
});

test.each([
  [302, '', 'not_sent', true],
  [404, '<html>nginx</html>', 'not_sent', true],
  [405, '{"message":"no"}', 'not_sent', true],
  [404, '{"error":"template not found"}', 'failed', false],
  [422, '<html></html>', 'failed', false],
  [401, '', 'not_sent', true],
  [500, '', 'unknown', false],
])('a message that is answered with %i %j is %s', (status, text, outcome, isTrouble) => {
  const answer = { status, retryAfter: undefined, text };
  expect(readMessageAnswer(answer).outcome).toBe(outcome);
  expect(isMessagesTrouble(answer)).toBe(isTrouble);
});
