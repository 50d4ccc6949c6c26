import type { Bench, Case, Contender, Figures } from '../case.js';
import { whole } from '../figures.js';
import { warmUpFrom } from '../rows.js';
import { siaranEnv } from '../siaran.js';

/** A million jobs would take the better part of a minute a round, and no more memory for each of them. */
const mostForAddBulk = 100_000;

const scripts = { siaran: 'siaran-enqueue', limit: 'rpush', addBulk: 'add-bulk' } as const;

export const enqueue: Case = {
  name: 'enqueue',
  describe: 'rows of a program into the buffer in Redis, with no worker at work',
  notes: [
    'siaran: `enqueue` of the library: each row checked, each number read, rows promised in Postgres.',
    'limit: the same rows as JSON by pipelined RPUSH, 1,000 elements a command, and nothing else.',
    'addBulk: a BullMQ job for each recipient, 1,000 a call; measured up to 100,000 recipients only.',
    'Each in a process of its own that has enqueued 10,000 rows before, and has the rows as objects in memory, 90,000 at a time, when the time begins. siaran and limit spread what is above 90,000 over several runs (lists): 100,000 rows of one run wait at most.',
  ],
  tables: [
    {
      columns: [
        { figure: 'perSecond', title: 'recipients/s', shown: whole, spread: true },
        { figure: 'redisBytes', title: 'Redis, bytes/recipient', shown: whole },
      ],
    },
  ],
  compare: [
    { figure: 'perSecond', of: 'siaran', to: 'limit' },
    { figure: 'perSecond', of: 'siaran', to: 'addBulk' },
  ],
  run: (bench) =>
    bench.takeTurns(
      enqueue,
      bench.options.recipients.flatMap((size) => contendersAt(bench, size)),
    ),
};

function contendersAt(bench: Bench, recipients: number): Contender[] {
  const names = ['siaran', 'limit', ...(recipients <= mostForAddBulk ? (['addBulk'] as const) : [])] as const;
  return names.map((name) => ({ name, recipients, measure: () => measure(bench, scripts[name], recipients) }));
}

async function measure(bench: Bench, script: string, recipients: number): Promise<Figures> {
  const { services, staff } = bench;
  await services.clean();
  const hand = await staff.hire({
    name: script,
    script: `.siaran/bench/bench/contenders/${script}.js`,
    env: siaranEnv(bench),
  });
  await hand.ask({ recipients: 10_000, from: warmUpFrom });
  const before = await services.redisMemory();
  const { ms } = await hand.ask<{ ms: number }>({ recipients, from: 0 });
  const redisBytes = ((await services.redisMemory()) - before) / recipients;
  await hand.kill();
  return { perSecond: (recipients / ms) * 1_000, redisBytes };
}
