import { mapped, spreadsheet } from '../../pipeline/drafts/drafts.js';
import { type AdminRig, tokens } from '../../support/admin.js';
import { invoiceColumns, phoneNumber } from '../../support/rig.js';
import { batchIdOf, chunked } from '../../support/runs.js';
import type { Known } from './make-request.js';

/** What there is to ask for: by the beginnings of the paths where it is something else than everywhere. */
export type Things = { everywhere: Known; at: Readonly<Record<string, Known>> };

/** Makes one of each kind. @param count makes names and numbers that are free */
export async function makeThings(rig: AdminRig, count: number): Promise<Things> {
  const post = async (path: string, json: unknown) => {
    const answer = await rig.ask('POST', `/api/v1${path}`, { json, token: tokens.owner });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  const name = `thing-${count}`;
  const runId = await chunked(rig, 3, { name });
  const open = await post('/runs', { name, templateDetailId: 172, columns: ['phone_number', 'body_variable1'] });
  const weekly = { audience: 'function:everybody', schedule: '0 9 * * mon', timeZone: 'Asia/Jakarta' };
  await post('/campaigns', { name, templateDetailId: 172, columns: [...invoiceColumns], ...weekly });
  const draft = await mapped(rig, spreadsheet(3));
  const empty = await post('/drafts', { name });
  const begun = await post(`/drafts/${empty.id}/file`, { version: empty.version, fileName: 'a.csv' });
  await post('/users', { name, role: 'viewer' });
  const { id } = (await post(`/users/${name}/tokens`, { label: name })).token ?? {};
  return {
    everywhere: {
      ...{ runId, batchId: batchIdOf(runId, 1), draftId: draft.id, version: draft.version, name, id },
      ...{ phoneNumber: phoneNumber(count), phoneNumbers: [phoneNumber(900)], timeZone: 'Asia/Jakarta' },
      ...{
        template: 'reminder:id',
        audience: 'function:everybody',
        variables: ['Toko', '1'],
        'Upload-Offset': '0',
        ifState: undefined,
        ifHolds: undefined,
      },
    },
    at: {
      '/api/v1/campaigns': { version: 1 },
      '/api/v1/templates': { row: { phone_number: phoneNumber(count), body_variable1: 'Toko', body_variable2: '1' } },
      // A test of a whole one would wait for half a minute.
      '/api/v1/drafts/{draftId}/test-send': { draftId: empty.id },
      '/api/v1/runs/{runId}/test-send': { runId: open.id },
      '/api/v1/runs/{runId}/recipients': { runId: open.id },
      '/api/v1/drafts/{draftId}/file': {
        ...{ draftId: empty.id, version: begun.version, uploadId: begun.source.uploadId, fileName: 'a.csv' },
      },
    },
  };
}

/** What there is for this path. */
export function knownAt(path: string, { everywhere, at }: Things): Known {
  const own = Object.entries(at).filter(([beginning]) => path.startsWith(beginning));
  return Object.assign({}, everywhere, ...own.map(([, known]) => known)) as Known;
}
