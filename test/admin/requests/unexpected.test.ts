import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { AdminApp } from '../../../src/admin/app.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { asOperator, people } from '../../support/admin.js';
import { type Rig, startRig } from '../../support/rig.js';

/** What goes wrong inside, as it would after a mistake of ours: a table isn't what a statement takes it for. */
let rig: Rig;
let app: AdminApp;
const lines: { msg?: string; err?: { message?: string } }[] = [];

beforeAll(async () => {
  rig = await startRig();
  const logger = pino(
    { base: null },
    new Writable({ write: (chunk, _encoding, done) => done(void lines.push(JSON.parse(String(chunk)))) }),
  );
  app = await buildAdmin({ ...rig.ctx, logger }, people);
  await rig.query('ALTER TABLE suppressions RENAME COLUMN reason TO inner_reason');
});
afterAll(async () => {
  await app.close();
  await rig.close();
});

const outer = 'Something went wrong here; the log of this program says what.';

test.each([
  ['a program', '/api/v1/suppressions', 'application/json'],
  ['a browser', '/suppressions', 'text/html'],
])(
  '%s is told of an error that nobody expected, and nothing of what it was; the log says it',
  async (_, url, accept) => {
    lines.length = 0;
    const { statusCode, body, headers } = await app.inject({ url, headers: { ...asOperator, accept } });
    expect([statusCode, String(headers['content-type'])]).toEqual([
      500,
      expect.stringMatching(/^(?:application\/problem\+json|text\/html)/),
    ]);
    expect(body).toContain(outer);
    expect(body).not.toMatch(/reason|column|SELECT|42703|node_modules|\.[tj]s[:)]|\n\s+at /i);
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'admin request failed',
        err: expect.objectContaining({ message: expect.stringContaining('reason') }),
      }),
    ]);
  },
);
