import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { messageOf } from '../../errors.js';
import { isOtherDatabase } from '../../pipeline/own-prefix.js';
import type { RedisInfo } from '../../queue/redis/redis-info.js';
import { type Finding, found } from './check.js';

export function judgeRedis(masters: readonly RedisInfo[], { redisCluster }: Config): Finding {
  const [addresses, names] = [masters.map(({ address }) => address), new Set(masters.map(({ name }) => name))];
  const what = [...names].join(' and ');
  if (!redisCluster) {
    const detail = `${addresses.join()}, ${what}`;
    if (!masters.some(({ clustersNode }) => clustersNode)) return found(detail);
    return {
      ok: false,
      detail: `${detail}, a node of a cluster`,
      todo: 'Name the nodes of the cluster in SIARAN_REDIS_CLUSTER.',
    };
  }
  const replicas = masters.reduce((sum, master) => sum + master.replicas, 0);
  return found(`cluster of ${masters.length} masters with ${replicas} replicas (${addresses.join(', ')}), ${what}`);
}

/** Whether it is this database's. Two at work with one prefix would take each other's recipients. */
export async function judgePrefix({ config, owner }: Context): Promise<Finding> {
  try {
    await owner.assertOurs();
    return found(`${config.prefix}, of this database`);
  } catch (error) {
    if (!isOtherDatabase(error)) throw error;
    const [detail = '', ...todo] = messageOf(error).split('\n');
    return { ok: false, detail, todo: todo.join(' ') };
  }
}

/** What is the same for all masters of a cluster, or which of them has which problem. */
export function judgeEach(masters: readonly RedisInfo[], judge: (info: RedisInfo) => Finding): Finding {
  const findings = masters.map((info) => ({ address: info.address, finding: judge(info) }));
  const amiss = findings.flatMap(({ address, finding }) => (finding.ok ? [] : [{ address, ...finding }]));
  const [first] = amiss;
  if (!first) return found([...new Set(findings.map(({ finding }) => finding.detail))].join(', '));
  if (masters.length === 1) return first;
  return { ...first, detail: amiss.map(({ address, detail }) => `${address}: ${detail}`).join(', ') };
}

/** BullMQ asks for 6.2. */
export function judgeRedisVersion({ name, version }: RedisInfo): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return found(name);
  return { ok: false, detail: `${name} is too old`, todo: 'Update it to 6.2 or newer.' };
}

export function judgeEviction({ policy }: RedisInfo): Finding {
  if (policy === 'noeviction') return found(policy);
  const todo = 'Set `maxmemory-policy noeviction`: any other lets Redis drop recipients that wait when it is full.';
  return { ok: false, detail: policy || 'not told', todo };
}

export function judgeAppendOnly({ appendOnly }: RedisInfo): Finding {
  if (appendOnly) return found('on');
  const todo = 'Set `appendonly yes`: without it a restart loses recipients that wait in the buffer.';
  return { ok: false, detail: 'off', todo };
}
