import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof signals)[number];

/** What a command ends with that was told to stop. `message` says how things stand. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;

  constructor(signal: StopSignal, message = '') {
    super(message);
    this.signal = signal;
  }

  /** As a shell counts: 130 after Ctrl-C. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/**
 * Does work that is told, through its signal, when the process shall stop; the signal's reason is an `Interrupted`.
 * A second signal means that the user doesn't want to wait: then the process ends at once, with `secondExitCode` if given.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: { secondExitCode?: number } = {},
): Promise<T> {
  const stop = new AbortController();
  const onSignal = (signal: StopSignal) => {
    const interrupted = new Interrupted(signal);
    if (stop.signal.aborted) process.exit(options.secondExitCode ?? interrupted.exitCode);
    stop.abort(interrupted);
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Rejects with the signal's reason as soon as it is aborted, whatever becomes of the work. */
export async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves when the signal is aborted, keeping the process alive until then. */
export async function untilInterrupted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  try {
    await unlessInterrupted(signal, new Promise<never>(() => {})).catch(() => {});
  } finally {
    clearInterval(alive);
  }
}
