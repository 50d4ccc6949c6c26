import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from '../cli/siaran.js';
import { type AdminRig, startAdminRig, tokens } from '../support/admin.js';
import { eventually, finished } from '../support/rig.js';
import { beganHoursAgo, item, tell } from '../support/statuses.js';
import { root } from './markdown.js';

/** What the examples of a page find: services of its own, workers, an admin, and a folder with files. */
export type PageRig = AdminRig & { folder: string; shellEnv: Record<string, string> };

type Preparation = {
  env?: Record<string, string>;
  prepare?: (rig: PageRig) => Promise<void>;
  /** Workers of the test would be in the way. */
  withoutWorkers?: true;
};

/** Of the reminders, the first batch is refused, and the send of the second one gets no answer. */
const twoTroubles: Preparation = {
  env: { SIARAN_CONCURRENCY: '1' },
  async prepare({ sandbox }) {
    sandbox.setFaults([
      { on: 'send', kind: 'http', status: 422, match: 'January', message: 'template is paused', times: 1 },
      { on: 'send', kind: 'close-after-accepting', match: 'January', times: 1 },
    ]);
  },
};

const preparations: Readonly<Record<string, Preparation>> = {
  'docs/guides/command-line.md': twoTroubles,
  'docs/reference/json.md': twoTroubles,
  'docs/guides/transaction.md': {
    async prepare({ query }) {
      await query(`CREATE SCHEMA app;
        CREATE TABLE app.invoices (id INT, phone TEXT, number TEXT, due_at TIMESTAMPTZ, reminded_at TIMESTAMPTZ);
        INSERT INTO app.invoices VALUES (7, '6281234567890', 'INV-0007', now()), (8, '6281234567891', 'INV-0008', now());
        DO $$ BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    },
  },
  'docs/guides/campaigns.md': {
    async prepare({ query, folder, shellEnv }) {
      await query(`CREATE TABLE due_invoices AS
        SELECT '6281234567890' AS phone_number, 'Toko Contoh' AS customer_name, 'INV-0001' AS body_variable1`);
      // The page writes its own further down.
      shellEnv.SIARAN_CALENDARS_FILE = join(folder, 'calendars.yaml');
      await writeFile(shellEnv.SIARAN_CALENDARS_FILE, 'indonesia: [2027-01-01]\n');
    },
  },
  'docs/guides/statuses.md': { prepare: tellStatuses },
  'docs/operations/deploy.md': { prepare: commitForSure },
  'docs/operations/backups.md': { prepare: commitForSure },
  'docs/operations/databases.md': { withoutWorkers: true },
};

/** `siaran doctor` asks for it; tests do without, as they are quicker so. */
async function commitForSure({ query, shellEnv }: PageRig): Promise<void> {
  await query(`ALTER DATABASE ${shellEnv.SIARAN_PREFIX} SET synchronous_commit = on`);
}

/** Two runs that a number was in; the message of the earlier one failed, that of the later one was read. */
async function tellStatuses(rig: PageRig): Promise<void> {
  const number = '6281234567890';
  const broadcast = async (name: string, hoursAgo: number) => {
    const recipients = [{ phone_number: number }];
    const { runId } = await rig.siaran.broadcast({
      name,
      templateDetailId: 172,
      columns: ['phone_number'],
      recipients,
    });
    await finished(rig.siaran, runId);
    await beganHoursAgo(rig, runId, hoursAgo);
  };
  const toldAt = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3_600_000);
  await broadcast('December invoices', 100);
  const errors = [{ code: 131026, title: 'Message undeliverable' }];
  await tell(rig, { ...item('first', 'failed', toldAt(99), number), errors });
  await broadcast('January reminders', 2);
  await tell(rig, item('second', 'read', toldAt(1), number));
}

const rows = [
  'phone_number,customer_name,body_variable1',
  '6281234567890,Toko Contoh,INV-0001',
  '6281234567891,Warung Contoh,INV-0002',
];

const files: Readonly<Record<string, readonly string[]>> = {
  'december.csv': rows,
  'invoices.csv': ['phone_number,body_variable1', '6281234567890,INV-0001', '6281234567891,INV-0002'],
  'reminders.csv': ['phone_number,body_variable1', '6281234567892,INV-0003'],
  'doubtful.csv': [...rows, '6281234567892,Kios Contoh,#N/A', '628,Kios Contoh,INV-0004'],
  'opt-outs.csv': ['6281234567893', '6281234567894'],
};

/** Whether a page wants nothing of its own, so that it can share what others have. */
export function isPlain(page: string): boolean {
  return preparations[page] === undefined;
}

export async function startPageRig(page: string): Promise<PageRig> {
  const { env = {}, prepare, withoutWorkers } = preparations[page] ?? {};
  const rig = await startAdminRig({ env: { SIARAN_DEFAULT_COUNTRY: 'ID', ...env } });
  const folder = await mkdtemp(join(tmpdir(), 'siaran-docs-'));
  await mkdir(join(folder, 'bin'));
  await cp(join(root, 'examples/december-invoices.csv'), join(folder, 'examples/december-invoices.csv'));
  for (const [name, lines] of Object.entries(files)) await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  const program = join(folder, 'bin/siaran');
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${bin} "$@"\n`);
  await chmod(program, 0o755);
  const shellEnv = {
    ...rig.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    TOKEN: tokens.operator,
  };
  const pageRig: PageRig = {
    ...rig,
    folder,
    shellEnv,
    async close() {
      await rig.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  if (!withoutWorkers) await rig.work();
  await prepare?.(pageRig);
  return pageRig;
}

/** What was enqueued is cut and has been delivered as far as it can be, so that a page may show how it ended. */
export async function untilQuiet({ siaran }: PageRig): Promise<void> {
  await eventually(
    () => siaran.runs(),
    (runs) => runs.every(({ status, recipients: r }) => status !== 'sealed' && r.buffered + r.sending === 0),
  );
}
