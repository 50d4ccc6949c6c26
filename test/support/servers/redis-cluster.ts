import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { eventually } from '../rig.js';
import { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.js';

export type ClusterNode = {
  port: number;
  redis: Redis;
  kill(): void;
  isKilled(): boolean;
  /** Its system still takes what is sent to it, and it answers nothing; nothing is closed. */
  fallSilent(): void;
  goOn(): void;
};

export type RedisCluster = {
  /** As SIARAN_REDIS_CLUSTER takes it. */
  addresses: string;
  masters: readonly ClusterNode[];
  /** The master that has the slot of this key now. */
  ownerOf(key: string): Promise<ClusterNode>;
  /** What this master takes from now on doesn't reach its replica: as it is when a master dies before it has sent it on. */
  cutOff(master: ClusterNode): Promise<void>;
  /** How long a node may be silent before the others take it for dead. */
  setNodeTimeout(ms: number): Promise<void>;
  stop(): Promise<void>;
};

const slots = 16_384;
/** A machine that is busy must not look like one that is dead. */
const patientMs = 20_000;

type Options = Pick<RedisServerOptions, 'tls' | 'login'> & { masters?: number; replicasEach?: number };

/** A real cluster on loopback, joined without redis-cli. When something fails, nothing of it is left running. */
export async function startRedisCluster({
  masters = 3,
  replicasEach = 1,
  tls,
  login,
}: Options = {}): Promise<RedisCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'siaran-cluster-'));
  // Nodes that are impatient get to know each other sooner; nobody takes over from anybody meanwhile.
  const impatient = ['--cluster-node-timeout', '400', '--cluster-replica-no-failover', 'yes'];
  const args = ['--cluster-enabled', 'yes', '--cluster-replica-validity-factor', '0', ...impatient];
  const wire = tls ? ['--tls-cluster', 'yes', '--tls-replication', 'yes'] : [];
  const started = await Promise.allSettled(
    Array.from({ length: masters * (1 + replicasEach) }, (_, at) =>
      startRedisServer({
        dataDir: join(dir, String(at)),
        tls,
        login,
        // A replica counts when something has come over from its master, if only a ping.
        args: [...args, ...wire, '--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
      }),
    ),
  );
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const nodes: ClusterNode[] = [];
  const stop = async () => {
    for (const { redis } of nodes) redis.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const failed = started.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    for (const server of servers) nodes.push(await nodeOf(server));
    await meet(nodes, masters);
    const setNodeTimeout = async (ms: number) => {
      for (const { redis, isKilled } of nodes)
        if (!isKilled()) await redis.config('SET', 'cluster-node-timeout', String(ms));
    };
    await setNodeTimeout(patientMs);
    for (const { redis } of nodes) await redis.config('SET', 'cluster-replica-no-failover', 'no');
    return {
      addresses: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
      masters: nodes.slice(0, masters),
      setNodeTimeout,
      stop,
      async cutOff(master) {
        const replica = nodes[nodes.indexOf(master) + masters] as ClusterNode;
        // The master has no password, and refuses whoever names one.
        await replica.redis.config('SET', 'masterauth', 'none');
        await replica.redis.client('KILL', 'TYPE', 'MASTER');
        await eventually(
          async () => /master_link_status:(\w+)/.exec(await replica.redis.info('replication'))?.[1],
          (link) => link === 'down',
        );
      },
      async ownerOf(key) {
        const { redis } = nodes.find((node) => !node.isKilled()) as ClusterNode;
        const slot = await redis.cluster('KEYSLOT', key);
        const ranges = await redis.cluster('SLOTS');
        const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1];
        return nodes.find((node) => node.port === port) as ClusterNode;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function nodeOf(server: RedisServer): Promise<ClusterNode> {
  const redis = server.connect();
  const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
  let killed = false;
  return {
    port: server.port,
    redis,
    isKilled: () => killed,
    fallSilent: () => process.kill(pid, 'SIGSTOP'),
    goOn: () => process.kill(pid, 'SIGCONT'),
    kill() {
      killed = true;
      redis.disconnect();
      process.kill(pid, 'SIGKILL');
    },
  };
}

async function meet(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  for (const [at, { redis }] of nodes.entries()) {
    // Equal epochs would be sorted out by the nodes themselves, but later.
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
    if (at >= masters) continue;
    const [from, beyond] = [at, at + 1].map((part) => Math.floor((part * slots) / masters));
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((beyond ?? slots) - 1));
  }
  const [first, ...others] = nodes as [ClusterNode, ...ClusterNode[]];
  for (const { port } of others) await first.redis.call('CLUSTER', 'MEET', '127.0.0.1', String(port));
  await everyNode(nodes, async (redis) => {
    const lines = String(await redis.call('CLUSTER', 'NODES')).trim();
    return lines.split('\n').length === nodes.length && !lines.includes('handshake');
  });
  for (const [at, { redis }] of nodes.entries()) {
    if (at < masters) continue;
    const id = await (nodes[at % masters] as ClusterNode).redis.call('CLUSTER', 'MYID');
    await redis.call('CLUSTER', 'REPLICATE', String(id));
  }
  const copies = nodes.length / masters;
  await everyNode(nodes, async (redis) => {
    const state = String(await redis.call('CLUSTER', 'INFO'));
    const ranges = (await redis.cluster('SLOTS')) as unknown[][];
    const linked = !/master_link_status:down/.test(await redis.info('replication'));
    return state.includes('cluster_state:ok') && ranges.every((range) => range.length === 2 + copies) && linked;
  });
}

async function everyNode(nodes: readonly ClusterNode[], isSo: (redis: Redis) => Promise<boolean>): Promise<void> {
  for (const { redis } of nodes) await eventually(() => isSo(redis), Boolean);
}
