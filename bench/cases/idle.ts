import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case, Figures } from '../case.js';
import { megabytes, oneDecimal, percent } from '../figures.js';
import { memoryNow, processorSeconds } from '../measures/proc.js';
import { startSandbox } from '../sandbox.js';
import { hireWorker } from '../siaran.js';

const campaigns = 200;
/** What a worker does at its start is over then. */
const settleMs = 10_000;

export const idle: Case = {
  name: 'idle',
  describe: `a worker that has nothing to do, with ${campaigns} campaigns that fire once a week`,
  notes: [
    'One worker with default settings. Transactions are those of its database, without those of Postgres itself and of this benchmark.',
  ],
  tables: [
    {
      columns: [
        { figure: 'transactions', title: 'transactions/s', shown: oneDecimal, spread: true },
        { figure: 'processor', title: 'of a processor', shown: percent, spread: true },
        { figure: 'memory', title: 'memory', shown: megabytes, spread: true },
      ],
    },
  ],
  compare: [],
  run: (bench) => bench.takeTurns(idle, [{ name: 'siaran worker', recipients: 0, measure: () => measure(bench) }]),
};

async function measure(bench: Bench): Promise<Figures> {
  const { services, options } = bench;
  await services.clean();
  const sandbox = await startSandbox(bench);
  const worker = await hireWorker(bench, sandbox);
  await services.query(
    `INSERT INTO campaigns (id, name, account, template_detail_id, columns, column_map, ignored_columns, separator, value_policy, audience, cron,
       time_zone, prepare_ahead_ms, catch_up, delivery)
     SELECT 'c' || n, 'Campaign ' || n, 'default', 172, '{phone_number,body_variable1}', '{}', '{}', ',', 'reject', 'named:customers',
       '0 9 * * ' || (extract(dow FROM now())::int + 3) % 7, 'UTC', 0, 'latest', '{"individual": null}'
     FROM generate_series(1, $1::int) AS n`,
    [campaigns],
  );
  await sleep(options.quick ? 1_000 : settleMs);
  const [before, begun, busy] = [await transactions(bench), performance.now(), processorSeconds(worker.pid)];
  await sleep(options.quick ? 2_000 : 60_000);
  const took = (performance.now() - begun) / 1_000;
  const figures = {
    // The look before is counted in the one after.
    transactions: ((await transactions(bench)) - before - 1) / took,
    processor: (processorSeconds(worker.pid) - busy) / took,
    memory: memoryNow(worker.pid),
  };
  await worker.kill();
  await sandbox.kill();
  return figures;
}

/** Sessions tell of what they did when they are idle, once a second at most. */
async function transactions({ services }: Bench): Promise<number> {
  const [row] = await services.query<{ count: number }>(
    'SELECT (xact_commit + xact_rollback)::int AS count FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.count ?? 0;
}
