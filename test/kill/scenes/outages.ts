import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startPostgres } from '../../../src/local/postgres.js';
import { run } from '../../../src/local/processes.js';
import { startRedis } from '../../../src/local/redis.js';
import { invoices } from '../../support/rig.js';
import { keepWorkers, play, produce, type Report, untilNobodyHolds } from '../play.js';
import type { Spares } from '../setting/processes.js';
import { createTemplate, openDir, toolsDir } from '../setting/services.js';
import type { Services, Setting } from '../setting/setting.js';
import { until, untilFinished } from '../verdict.js';
import { type Random, random } from './random.js';

/** A Postgres and a Redis that are lost and come back at the same address. What they acknowledged, they keep. */
type Frail = Services & {
  killRedis(awayMs: number): Promise<void>;
  fillRedis(forMs: number): Promise<void>;
  wipeRedis(): Promise<void>;
  stopPostgres(awayMs: number, how: 'orderly' | 'crash'): Promise<void>;
  copyPostgres(): Promise<void>;
  putPostgresBack(): Promise<void>;
  stop(): Promise<void>;
};

async function openFrail(): Promise<Frail> {
  const dir = await openDir();
  const [pgDir, redisDir] = [join(dir, 'postgres'), join(dir, 'redis')];
  const portOf = (url: string) => Number(new URL(url).port);
  let ledger = await startPostgres({ dataDir: pgDir });
  let buffer = await startRedis({ dataDir: redisDir, toolsDir });
  const { url: databaseUrl } = ledger;
  const { url: redisUrl } = buffer;
  await createTemplate(databaseUrl);
  const startLedger = async () => {
    ledger = await startPostgres({ dataDir: pgDir, port: portOf(databaseUrl) });
  };
  const command = async <T>(work: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis(redisUrl);
    redis.on('error', () => {});
    return work(redis).finally(() => redis.disconnect());
  };
  return {
    databaseUrl,
    redisUrl,
    async killRedis(awayMs) {
      const pid = Number(/process_id:(\d+)/.exec(await command((redis) => redis.info('server')))?.[1]);
      process.kill(pid, 'SIGKILL');
      await buffer.stop();
      await sleep(awayMs);
      buffer = await startRedis({ dataDir: redisDir, toolsDir, port: portOf(redisUrl) });
    },
    async fillRedis(forMs) {
      await command(async (redis) => {
        const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
        await redis.config('SET', 'maxmemory', String(Math.max(1, used - 50_000)));
        await sleep(forMs);
        await redis.config('SET', 'maxmemory', '0');
      });
    },
    wipeRedis: () => command(async (redis) => void (await redis.flushall())),
    async stopPostgres(awayMs, how) {
      const pid = Number.parseInt(await readFile(join(pgDir, 'postmaster.pid'), 'utf8'), 10);
      if (how === 'crash') process.kill(pid, 'SIGQUIT');
      await ledger.stop();
      await sleep(awayMs);
      await startLedger();
    },
    async copyPostgres() {
      await ledger.stop();
      await run({ command: 'cp', args: ['-a', pgDir, `${pgDir}.old`] });
      await startLedger();
    },
    async putPostgresBack() {
      await ledger.stop();
      await rm(pgDir, { recursive: true, force: true });
      await run({ command: 'cp', args: ['-a', `${pgDir}.old`, pgDir] });
      await startLedger();
    },
    async stop() {
      await buffer.stop();
      await ledger.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type Outage = { name: string; strike: (services: Frail, dice: Random) => Promise<void> };

export const outages: readonly Outage[] = [
  { name: 'Redis is killed and comes back', strike: (services, dice) => services.killRedis(dice.between(0, 1_000)) },
  { name: 'Redis is wiped', strike: (services) => services.wipeRedis() },
  { name: 'Redis is full for a while', strike: (services, dice) => services.fillRedis(dice.between(300, 1_200)) },
  {
    name: 'Postgres is stopped and started',
    strike: (services, dice) => services.stopPostgres(dice.between(0, 1_000), 'orderly'),
  },
  {
    name: 'Postgres crashes and comes back',
    strike: (services, dice) => services.stopPostgres(dice.between(0, 1_000), 'crash'),
  },
];

/** While a producer and two workers are at it, a server goes away now and then. */
export async function playOutage(spares: Spares, outage: Outage, seed: number, times: number): Promise<Report> {
  const services = await openFrail();
  const recipients = 12_300;
  const act = async (setting: Setting) => {
    const dice = random(seed);
    setting.sandbox.setFaults([{ on: 'any', kind: 'latency', latencyMs: 100 }]);
    const producing = produce(setting, recipients);
    producing.catch(() => {});
    let over = false;
    const working = keepWorkers(setting, 2, () => over);
    working.catch(() => {});
    try {
      for (let time = 0; time < times; time += 1) {
        await sleep(dice.between(200, 800));
        setting.toll.kills += 1;
        setting.toll.inFlight += 4;
        await outage.strike(services, dice);
      }
      await producing;
      // What a wiped Redis lost after its producer was told that all is in shows as missing; the same broadcast fills it.
      while ((await untilFinished(setting)).recipients.missing > 0) await produce(setting, recipients);
    } finally {
      over = true;
    }
    await working;
  };
  const report = await play(services, spares, { name: `${outage.name}, seed ${seed}`, recipients, act });
  await services.stop();
  return report;
}

/** A file copy of the stopped ledger is put back: nothing is sent until an operator has settled it. */
export async function playPutBack(spares: Spares): Promise<Report> {
  const services = await openFrail();
  const recipients = 5_300;
  const act = async (setting: Setting) => {
    setting.sandbox.setFaults([{ on: 'send', kind: 'latency', latencyMs: 150 }]);
    await setting.siaran.broadcast({
      ...setting.request,
      recipients: invoices(recipients),
    });
    const jobs = () => setting.sandbox.accepted.jobs().length;
    await setting.hire('worker');
    await until(
      'something was sent',
      async () => jobs(),
      (count) => count > 0,
    );
    setting.toll.kills += 2;
    setting.toll.inFlight += 4;
    await services.copyPostgres();
    const before = jobs();
    await until(
      'more was sent',
      async () => jobs(),
      (count) => count > before,
    );
    await services.putPostgresBack();
    await until(
      'the ledger is found to be older than it was',
      () => setting.view().catch(() => undefined),
      (view) => view?.held?.kind === 'ledger_went_back' || view?.status === 'finished',
    );
    await untilNobodyHolds(setting);
    const { unknownBatches } = await setting.siaran.repairLedger();
    setting.toll.ambiguous += unknownBatches.length;
  };
  const report = await play(services, spares, { name: 'Postgres is put back, by its files', recipients, act });
  await services.stop();
  return report;
}
