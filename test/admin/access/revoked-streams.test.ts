import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inviteByLink } from '../../../src/pipeline/people/invitations.js';
import { issueToken, revokeToken } from '../../../src/pipeline/people/tokens.js';
import { giveRole, revokeUser } from '../../../src/pipeline/people/users.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { eventually, invoiceColumns, invoices } from '../../support/rig.js';

/** Whoever is revoked while they hand recipients in hands nothing more in. */
let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

test.each([
  ['whose token is revoked', (_name: string, id: string) => revokeToken(rig.ctx, id)],
  ['who is revoked', (name: string) => revokeUser(rig.ctx, name)],
  ['who becomes a viewer', (name: string) => giveRole(rig.ctx, name, 'viewer')],
])(
  'a program of somebody %s hands in no more rows, and is told so',
  async (what, change) => {
    const name = what.replaceAll(' ', '-');
    await inviteByLink(rig.ctx, { name, role: 'operator' });
    const token = await issueToken(rig.ctx, { name, label: 'crm', expiresAt: new Date(Date.now() + 86_400_000) });
    const run = await rig.siaran.startRun({ name: 'December', templateDetailId: 172, columns: invoiceColumns });
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1').on('error', () => {});
    let heard = '';
    socket.on('data', (text) => {
      heard += String(text);
    });
    socket.write(
      `POST /api/v1/runs/${run.id}/recipients?source=crm HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token.token}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const send = (from: number) => {
      const rows = Array.from({ length: 1_200 }, (_, at) => `${JSON.stringify([...invoices(1, from + at)][0])}\n`).join(
        '',
      );
      socket.write(`${Buffer.byteLength(rows).toString(16)}\r\n${rows}\r\n`);
    };
    const enqueued = async () => (await rig.siaran.run(run.id)).recipients.enqueued;
    send(0);
    await eventually(enqueued, (rows) => rows >= 1_000);
    await change(name, token.id);
    const until = Date.now() + 40_000;
    for (let from = 1_200; heard === '' && Date.now() < until; from += 1_200) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      send(from);
    }
    expect(heard).toMatch(/^HTTP\/1\.1 401 .*"code":"UNAUTHENTICATED"/s);
    socket.destroy();
    const after = await enqueued();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await enqueued()).toBe(after);
  },
  90_000,
);
