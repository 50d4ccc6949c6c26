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

const lookEveryMs = 1_000;

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
  const tell = (why: () => Promise<Error>) => {
    if (gone) return;
    gone = true;
    telling = telling.then(why).then((error) => listener.gone(error));
  };
  const settle = () => {
    if (!gone || away.size > 0 || cluster.status !== 'ready') return;
    gone = false;
    telling = telling.then(() => listener.back());
  };
  // Commands for other keys may never meet the master that is away, and would leave open whether it is.
  let looking: NodeJS.Timeout | undefined;
  const look = () => {
    if (gone && cluster.status === 'ready') {
      cluster.refreshSlotsCache();
      for (const node of cluster.nodes('master'))
        if (away.has(keyOf(node)) && node.status === 'wait') node.connect().catch(() => {});
      return;
    }
    clearInterval(looking);
    looking = undefined;
  };
  const keepLooking = () => {
    if (gone) looking ??= setInterval(look, lookEveryMs).unref();
  };
  cluster.on('error', (error: Error) => tell(async () => (await reason()) ?? error));
  cluster.on('node error', (error: Error, key: string) => {
    if (cluster.status !== 'ready' || !cluster.nodes('master').some((master) => keyOf(master) === key)) return;
    away.add(key);
    tell(async () => new Error(`${key}: ${error.message}`, { cause: error }));
    keepLooking();
  });
  cluster.on('+node', (node: Redis) =>
    node.on('ready', () => {
      away.delete(keyOf(node));
      settle();
    }),
  );
  // Only now it is known who the masters are: a connection that ends leaves the list of nodes as well.
  cluster.on('refresh', () => {
    const keys = new Set(cluster.nodes('master').map(keyOf));
    for (const key of away) if (!keys.has(key)) away.delete(key);
    settle();
  });
  cluster.on('ready', () => {
    settle();
    keepLooking();
  });
  return cluster;
}

function keyOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
