import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { finished, phoneNumber } from '../../support/rig.js';
import { delivered, item, tell } from '../../support/statuses.js';
import { openVisitors, type Visitors } from '../visitors.js';

let rig: AdminRig;
let viewer: Visitors['viewer'];
let post: Visitors['post'];
let get: Visitors['get'];

beforeAll(async () => {
  rig = await startAdminRig();
  ({ viewer, post, get } = await openVisitors(rig));
  await rig.work();
});
afterAll(() => rig.close());

const at = () => new Date(Date.now() - 3_600_000);

test('the page counts who is sent to again, by the reason, and sends only to those it told', async () => {
  const numbers = [1, 2, 3, 4].map(phoneNumber);
  const runId = await delivered(rig, numbers, 2);
  const told = [item('wamid.1', 'failed', at(), phoneNumber(1), 131026), item('wamid.2', 'read', at(), phoneNumber(2))];
  await tell(rig, ...told, item('wamid.3', 'failed', at(), phoneNumber(3), 131049));
  const path = `/runs/${runId}/resend`;
  expect((await get(`/runs/${runId}`)).text).toContain(`href="${path}"`);
  expect((await get(`/runs/${runId}`, viewer)).text).not.toContain(path);
  expect((await get(path, viewer)).status).toBe(403);

  const page = (await get(path)).text;
  expect(page).toMatch(/Send &#34;.+&#34; \(r\w+\) again to 1 recipient\?/);
  expect(page).toMatch(
    /their message was delivered.*held their message back \(131049\)|held their message back.*delivered/s,
  );
  expect((await get(`${path}?codes=131026,many`)).text).toContain('codes is [131026, NaN]; write numbers');
  expect((await get(`${path}?unansweredAfter=1h`)).text).toMatch(/again to 2 recipients\?/);

  // Another one has failed since the page was made.
  await tell(rig, item('wamid.4', 'failed', at(), phoneNumber(4), 131053));
  const asked = { codes: '', unansweredAfter: '', name: 'December, again', templateDetailId: '172' };
  const old = await post(path, { ...asked, recipients: '1' });
  expect(old.status).toBe(409);
  expect(old.text).toMatch(/The figures have changed: nothing was sent\..*again to 2 recipients\?/s);
  expect(await rig.siaran.runs()).toHaveLength(1);

  const done = await post(path, { ...asked, recipients: '2' });
  expect(done.status).toBe(303);
  const [newId = ''] = (await rig.siaran.run(runId)).resends;
  expect(done.headers.get('location')).toBe(`/runs/${newId}`);
  expect(await finished(rig.siaran, newId)).toMatchObject({ name: 'December, again', recipients: { scheduled: 2 } });
  expect((await get(path)).text).toMatch(
    new RegExp(`It was sent again before, to 2 recipients: as run <a href="/runs/${newId}">`),
  );
  expect(numbers.map((number) => rig.sandbox.accepted.deliveriesTo(number))).toEqual([2, 1, 1, 2]);
  expect((await get(`/runs/${newId}`)).text).toContain(`<a href="/runs/${runId}">${runId}</a>`);
  expect((await get(`/runs/${runId}`)).text).toContain(`<a href="/runs/${newId}">${newId}</a>`);
});
