import type { Cluster, Redis } from 'ioredis';

/** Hears once that Redis has gone, however often connecting fails, and once that it is back. */
export type OutageListener = { gone(error: Error): void; back(): void };

export function tellOutages(redis: Redis, listener: OutageListener): Redis {
  let gone = false;
  redis.on('error', (error: Error) => {
    if (!gone) listener.gone(error);
    gone = true;
  });
  redis.on('ready', () => {
    if (gone) listener.back();
    gone = false;
  });
  return redis;
}

/**
 * A cluster has gone when none of its nodes answers, or when one of its masters doesn't: a part of all keys is out of reach
 * then. It is back when each such master is, or a replica has taken its place. A replica that is away is no outage.
 * @param reason what connecting fails with: a cluster only says that no node would do.
 */
export function tellClusterOutages(
  cluster: Cluster,
  reason: () => Promise<Error | undefined>,
  listener: OutageListener,
): Cluster {
  const away = new Set<string>();
  let gone = false;
  // One after the other, so that nothing is told to be back before it was told to be gone.
  let telling: Promise<void> = Promise.resolve();
  const masters = () => cluster.nodes('master').filter(({ status }) => status !== 'end');
  const tell = (why: () => Promise<Error>) => {
    if (gone) return;
    gone = true;
    telling = telling.then(why).then((error) => listener.gone(error));
  };
  const settle = () => {
    for (const key of away) {
      const node = masters().find((master) => keyOf(master) === key);
      if (!node || node.status === 'ready') away.delete(key);
    }
    if (!gone || away.size > 0 || cluster.status !== 'ready') return;
    gone = false;
    telling = telling.then(() => listener.back());
  };
  cluster.on('error', (error: Error) => tell(async () => (await reason()) ?? error));
  cluster.on('node error', (error: Error, key: string) => {
    if (cluster.status !== 'ready' || !masters().some((master) => keyOf(master) === key)) return;
    away.add(key);
    tell(async () => new Error(`${key}: ${error.message}`, { cause: error }));
  });
  cluster.on('+node', (node: Redis) => node.on('ready', settle));
  cluster.on('refresh', settle);
  cluster.on('ready', settle);
  return cluster;
}

function keyOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
