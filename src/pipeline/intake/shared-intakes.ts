import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import { Intake } from './intake.js';

/** Rows of calls that end so close together share a block. */
const gatherMs = 10;

/** More runs than one process feeds at the same time; beyond them, intakes are simply opened anew. */
const mostKept = 100;

/**
 * The intake that all calls of this process share that name no source. While no call is under way it is closed, so that
 * an open one is either at work or interrupted.
 */
class SharedIntake {
  readonly #opened: Promise<Intake>;
  #open = true;
  #calls = 0;
  #settling: Promise<void> | undefined;
  /** Opening, settling and reopening go one after the other. */
  #tail: Promise<void>;
  broken = false;

  constructor(opened: Promise<Intake>) {
    this.#opened = opened;
    this.#tail = opened.then(() => undefined);
    this.#tail.catch(() => {});
  }

  get idle(): boolean {
    return this.#calls === 0;
  }

  /** Begins a call. Each call that began has to leave. */
  async join(): Promise<Intake> {
    this.#calls += 1;
    try {
      await this.#inTurn(async (intake) => {
        if (!this.#open) await intake.reopen();
        this.#open = true;
      });
      return await this.#opened;
    } catch (error) {
      this.#calls -= 1;
      throw error;
    }
  }

  /** Ends a call; resolves when its rows are buffered and promised. */
  async leave(): Promise<void> {
    this.#calls -= 1;
    this.#settling ??= sleep(gatherMs).then(() =>
      this.#inTurn((intake) => {
        this.#settling = undefined;
        this.#open = this.#calls > 0;
        return intake.settle(!this.#open);
      }),
    );
    return this.#settling;
  }

  #inTurn(step: (intake: Intake) => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(async () => step(await this.#opened));
    this.#tail.catch(() => {
      this.broken = true;
    });
    return this.#tail;
  }
}

/** Tells people whose it is: when that process is known to be dead, they close its source by this name. */
function sourceOfProcess({ worker }: Context): string {
  return `process ${worker.slice(-150)} ${randomBytes(4).toString('hex')}`;
}

/** One shared intake a run, for as long as this process lives. */
export class SharedIntakes {
  readonly #kept = new Map<string, SharedIntake>();

  of(ctx: Context, runId: string): SharedIntake {
    const kept = this.#kept.get(runId);
    if (kept && !kept.broken) return kept;
    for (const [id, intake] of this.#kept) if (this.#kept.size >= mostKept && intake.idle) this.#kept.delete(id);
    // A source of its own: a new intake must not supersede what calls before it were promised.
    const shared = new SharedIntake(Intake.open(ctx, runId, sourceOfProcess(ctx)));
    this.#kept.set(runId, shared);
    return shared;
  }
}
