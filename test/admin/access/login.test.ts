import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig, tokens } from '../../support/admin.js';
import { pausedRun } from '../runs.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let operator: Visitors['operator'];
let get: Visitors['get'];
let post: Visitors['post'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ operator, get, post } = await openVisitors(rig));
});

afterAll(() => rig.close());

test('a stranger is led to the login page, and from there to where they wanted to go', async () => {
  const refused = await get('/runs?before=r1', '');
  expect(refused.status).toBe(303);
  expect(refused.headers.get('location')).toBe('/login?next=%2Fruns%3Fbefore%3Dr1');
  const page = await get('/login?next=%2Faudit', '');
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('name="next" value="/audit"') });
  const wrong = await post('/login', { token: 'wrong-token-0123456789', next: '/audit' }, '');
  expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('This token is wrong') });
  expect(wrong.headers.getSetCookie()).toEqual([]);
  const right = await post('/login', { token: tokens.viewer, next: '/audit' }, '');
  expect(right.status).toBe(303);
  expect(right.headers.get('location')).toBe('/audit');
  const [cookie = ''] = right.headers.getSetCookie();
  expect(cookie).toMatch(/^siaran_session=.+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  // No proxy is trusted here: it is the client who says so, and its cookie stays what it was.
  const claimed = await post('/login', { token: tokens.viewer }, '', { 'X-Forwarded-Proto': 'https' });
  expect(claimed.headers.getSetCookie()[0]).toMatch(
    /^siaran_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite/,
  );
  const elsewhere = await post('/login', { token: tokens.viewer, next: '//evil.test' }, '');
  expect(elsewhere.headers.get('location')).toBe('/runs');
});

test('a link in a mail leads to its page all the same: the browser keeps the cookie back for the first step only', async () => {
  const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' };
  const step = await rig.ask('GET', '/login?next=%2Fruns%2Fr1', { token: null, headers });
  expect(step.text).toContain('<meta http-equiv="refresh" content="0; url=/runs/r1">');
});

test('every page is there for empty data, and for nothing at all', async () => {
  for (const path of [
    '/runs',
    '/runs?before=rnothing',
    '/campaigns',
    '/recipients',
    '/suppressions',
    '/audit',
    '/audit?before=1',
    '/health',
    '/sessions',
  ]) {
    const page = await get(path);
    expect(page).toMatchObject({ status: 200 });
    expect(page.text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.text).toContain('<a class="skip" href="#main">');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
  for (const path of ['/runs/rnothing', '/batches/rnothing-0001', '/campaigns/nothing', '/nothing', '/runs/r1/cancel'])
    expect(await get(path)).toMatchObject({ status: 404, text: expect.stringContaining('<h1>') });
  expect(await get('/audit?before=x')).toMatchObject({ status: 400 });
});

test('whoever is logged out meanwhile is told so, and nothing is done', async () => {
  const refused = await post('/runs/rnothing/cancel', {}, '');
  expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('/login?next=%2Fruns%2Frnothing') });
});

test('scripts and styles are there for everybody, and nothing beside them', async () => {
  for (const file of ['siaran.css', 'page.js', 'run.js', 'grid.js', 'live.js', 'times.js', 'icon.svg'])
    expect([file, (await get(`/assets/${file}`, '')).status]).toEqual([file, 200]);
  for (const path of ['/assets/..%2fserver.js', '/assets/%2e%2e/server.js', '/assets/', '/assets/none.js'])
    expect((await get(path, '')).status).not.toBe(200);
});

// Last: it is the one that leaves a run behind.
test('what another site makes a browser send is refused', async () => {
  const runId = await pausedRun(rig);
  for (const headers of [{ Origin: 'https://evil.test' }, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null' }]) {
    expect((await post(`/runs/${runId}/cancel`, {}, operator, headers)).status).toBe(403);
    expect((await post('/login', { token: tokens.operator }, '', headers)).status).toBe(403);
    expect((await post('/logout', {}, operator, headers)).status).toBe(403);
  }
  expect(await rig.siaran.run(runId)).toMatchObject({ status: 'paused' });
});
