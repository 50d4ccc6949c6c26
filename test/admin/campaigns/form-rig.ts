import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { openVisitors, type Visitors } from '../visitors.js';

/** An admin with audiences and a calendar of its own. */
export async function startFormRig(): Promise<{ rig: AdminRig; visitors: Visitors; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'siaran-pages-'));
  const file = join(folder, 'audiences.yaml');
  await writeFile(
    file,
    `dues: "sql:SELECT '6281234567890' AS phone_number, 'Ada' AS body_variable1, '5' AS body_variable2"\nbroken: "sql:SELECT phone_number FROM missing"\nodd: "sql:SELECT '6281234567890' AS \\"Nomor\\", 'Ada' AS \\"Nama\\", '5' AS \\"Tagihan\\", 'x' AS \\"Catatan\\""\nmany: "sql:SELECT * FROM (VALUES ('6281234567890', 'Ada', '5'), ('abc', 'Budi', '6'), ('6281234567891', '#N/A', '7')) AS t(\\"Nomor\\", \\"Nama\\", \\"Tagihan\\")"\nlist: "file:list.csv"\nbig: "sql:SELECT '62812' || (10000000 + i) AS phone_number, 'Ada' AS body_variable1, '5' AS body_variable2 FROM generate_series(1, 10500) AS i"\n`,
  );
  await writeFile(join(folder, 'list.csv'), 'Nomor;Nama;Tagihan\n6281234567890;Ada;5\n');
  const calendars = join(folder, 'calendars.yaml');
  await writeFile(calendars, "indonesia: [2090-01-01 New Year's <Day>]\n");
  const rig = await startAdminRig({
    env: { SIARAN_AUDIENCES_FILE: file, SIARAN_CALENDARS_FILE: calendars, SIARAN_AUDIENCE_DIR: folder },
  });
  const close = async () => {
    await rig.close();
    await rm(folder, { recursive: true });
  };
  return { rig, visitors: await openVisitors(rig), close };
}

export const written = {
  ...{ account: 'default', template: 'reminder:id', columns: '', audience: 'named:dues', timeZone: 'Asia/Jakarta' },
  ...{ when: 'days', times: '09:00', dayKind: 'every' },
};
export const edit = (name: string) => `/campaigns/${name}/edit`;
