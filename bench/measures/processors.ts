import type { Bench, Column, Figures } from '../case.js';
import { percent, seconds } from '../figures.js';
import { processorSeconds, processorSecondsOfFamily } from './proc.js';

type Counted = { pid: number } | undefined;
type Hands = { producer?: Counted; worker: Counted; worker2?: Counted; sandbox: Counted };

/** What `measureProcessors` gives, for a table of its own. */
export const processorColumns: readonly Column[] = [
  { figure: 'processorProducer', title: 'producer', shown: seconds },
  { figure: 'processorWorker', title: 'worker 1', shown: seconds },
  { figure: 'processorWorker2', title: 'worker 2', shown: seconds },
  { figure: 'processorRedis', title: 'Redis', shown: seconds },
  { figure: 'processorPostgres', title: 'Postgres', shown: seconds },
  { figure: 'processorSandbox', title: 'sandbox', shown: seconds },
  { figure: 'processorTotal', title: 'all', shown: seconds },
  { figure: 'sandboxShare', title: "sandbox's share", shown: percent },
];

/** Begins to count processor time; what it returns tells how many seconds each process has used since. */
export function measureProcessors({ services }: Bench, hands: Hands): () => Figures {
  const read = () => ({
    processorProducer: hands.producer && processorSeconds(hands.producer.pid),
    processorWorker: hands.worker && processorSeconds(hands.worker.pid),
    processorWorker2: hands.worker2 && processorSeconds(hands.worker2.pid),
    processorRedis: processorSeconds(services.pids.redis),
    processorPostgres: processorSecondsOfFamily(services.pids.postgres),
    processorSandbox: hands.sandbox && processorSeconds(hands.sandbox.pid),
  });
  const before: Figures = read();
  return () => {
    const used = Object.entries(read()).flatMap(([name, after]) =>
      after === undefined ? [] : [[name, after - (before[name] ?? 0)] as const],
    );
    const processorTotal = used.reduce((sum, [, value]) => sum + value, 0);
    const sandbox = used.find(([name]) => name === 'processorSandbox')?.[1] ?? 0;
    return { ...Object.fromEntries(used), processorTotal, sandboxShare: sandbox / processorTotal };
  };
}
