import { causesOf } from '../../errors.js';

/** Whether an error says that Redis couldn't be reached, went away, or is just being taken over by a replica. */
export function isRedisAway(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const word = wordOf(cause);
    if (word !== undefined) return passing.has(word);
    return unreachable.test(codeOf(cause)) || broken.some((words) => cause.message.startsWith(words));
  });
}

/** Whether Redis itself has answered with an error. */
export function isRedisAnswer(error: unknown): boolean {
  return causesOf(error).some(({ name }) => name === 'ReplyError');
}

/** Whether Redis is there and doesn't let us in. */
export function isRedisRefused(error: unknown): boolean {
  return says(error, 'WRONGPASS', 'NOAUTH', 'NOPERM');
}

/** Whether what was taken for a Redis of its own is a node of a cluster, which has a part of the keys only. */
export function isClustersNode(error: unknown): boolean {
  return says(error, 'MOVED');
}

/** Whether Redis refused a write because its memory is full, or because it can't write its file: its disk is full, mostly. */
export function isRedisFull(error: unknown): boolean {
  return says(error, 'OOM', 'MISCONF');
}

/** Of a Redis that is full: whether it is its disk, which no worker can empty. */
export function isRedisDiskFull(error: unknown): boolean {
  return says(error, 'MISCONF');
}

/** Whether a Redis that was reached gave no answer in time. */
export function isRedisSilent(error: unknown): boolean {
  return causesOf(error).some(({ message }) => silent.some((words) => message.startsWith(words)));
}

function says(error: unknown, ...words: string[]): boolean {
  return causesOf(error).some((cause) => words.includes(wordOf(cause) ?? ''));
}

/**
 * What Redis's errors begin with, in place of a code. What a command of a script failed with, Redis before 7 tells behind words of its
 * own. `undefined`: it is no answer of Redis.
 */
function wordOf(error: Error): string | undefined {
  if (error.name !== 'ReplyError') return undefined;
  return /^(?:ERR Error running script \(call to \w{1,60}\): (?:@user_script: ?\d{1,9}: ){1,2}-)?([A-Z]+)\b/.exec(
    error.message,
  )?.[1];
}

function codeOf(error: Error): string {
  return String((error as { code?: unknown }).code ?? '');
}

/** What Redis or a cluster says that starts, fails over, or has no master for a key. */
const passing: ReadonlySet<string> = new Set([
  ...['LOADING', 'READONLY', 'MASTERDOWN', 'UNBLOCKED', 'CLUSTERDOWN', 'TRYAGAIN'],
]);

/** Node's codes. */
const unreachable = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/;

/** How ioredis's messages begin of an answer that didn't come in time: these have no code. */
const silent: readonly string[] = ['Command timed out', 'Socket timeout. Expecting data', 'connect ETIMEDOUT'];

/** The same of a connection that broke or didn't come about. */
const broken: readonly string[] = [
  ...silent,
  'Connection is closed.',
  'Command aborted due to connection close',
  'Reached the max retries per request limit',
  "Stream isn't writeable and enableOfflineQueue options is false",
  "Cluster isn't ready and enableOfflineQueue options is false",
  'Too many Cluster redirections.',
  'Failed to refresh slots cache.',
  'None of startup nodes is available',
  'All sentinels are unreachable',
  'Cluster is ended.',
  'Cluster is disconnected.',
  'Cluster is disconnecting.',
  'Node is disconnected',
  // Siaran's own, of a cluster in which a part of the keys has no master.
  'CLUSTERDOWN: only ',
];
