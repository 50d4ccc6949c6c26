import type { Options } from './options.js';
import type { Progress } from './progress.js';
import type { BenchServices } from './services.js';
import type { Staff } from './staff.js';

/** What one measurement gave, each figure by its name. What isn't there doesn't apply to that contender. */
export type Figures = Readonly<Record<string, number | undefined>>;

export type Measurement = { contender: string; recipients: number; round: number; figures: Figures };

/** A way of doing a case's work, at one size. */
export type Contender = {
  name: string;
  recipients: number;
  /** How often at most; as often as was asked for, unless given. */
  rounds?: number;
  measure(): Promise<Figures>;
};

export type Column = {
  figure: string;
  title: string;
  shown: (value: number) => string;
  /** Whether the least and the most are shown beside the median. */
  spread?: true;
};

export type Table = { title?: string; columns: readonly Column[] };

/** The median, over the rounds, of what one contender's figure is to another one's in the same round. */
export type Comparison = { figure: string; of: string; to: string };

export type Case = {
  name: string;
  describe: string;
  /** What its sizes count, if not recipients. */
  unit?: string;
  /** What a reader has to know to read the figures rightly. */
  notes: readonly string[];
  tables: readonly Table[];
  compare: readonly Comparison[];
  /** Figures of which is told how they change from the smallest size to the largest one. */
  compareSizes?: readonly string[];
  run(bench: Bench): Promise<Measurement[]>;
};

/** What every case gets: the services, the processes, and the way in which contenders take turns. */
export type Bench = {
  readonly options: Options;
  readonly services: BenchServices;
  readonly staff: Staff;
  readonly progress: Progress;
  /** A folder of its own, on the disk of the checkout. */
  readonly dir: string;
  /** So many of something; in a quick run a fiftieth, and no fewer than 20. */
  sized(count: number): number;
  /** Measures each contender once a round, one after the other, so that all of them meet the same machine. */
  takeTurns(one: Case, contenders: readonly Contender[]): Promise<Measurement[]>;
  close(): Promise<void>;
};
