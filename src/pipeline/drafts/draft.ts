import type { DraftState } from '../../domain/drafts/draft-states.js';
import type { Cost } from '../../domain/prices/prices.js';
import type { RunRequest } from '../intake/start-run.js';
import type { RowCounts } from '../lists/survey-rows.js';

/** Where a draft's recipients come from. */
export type DraftSource =
  /** A file that was uploaded, or is being uploaded. */
  | {
      /** Tells it from an audience. */
      kind: 'file';
      /** Names this upload: who appends to it has to name it, so that no other file's bytes come into it. */
      uploadId: string;
      /** As its owner calls it. */
      fileName: string;
      /** How long the whole file is; `null`: whoever uploads it did not know, and says when it is complete. */
      bytes: number | null;
      /** How much of it is here. An upload that broke off goes on from there. */
      receivedBytes: number;
      /** Whether all of it is here and its header line could be read. */
      isComplete: boolean;
      /** The heads of its columns; empty before it is complete. */
      columns: string[];
    }
  /** One of the audiences that `SIARAN_AUDIENCES_FILE` names. */
  | {
      /** Tells it from a file. */
      kind: 'audience';
      /** As `SIARAN_AUDIENCES_FILE` has it. */
      name: string;
      /** The heads of its columns. */
      columns: string[];
    };

/** The template of a draft, and what a list for it has to have. */
export type DraftTemplate = {
  /** The account that it is sent by. */
  account: string;
  /** The id of the WhatsApp channel at Qiscus; `null`: it is not known. */
  channelId: number | null;
  /** The template's id at Qiscus. */
  templateDetailId: number;
  /** Its name at Qiscus. */
  name: string;
  /** Its language code, such as `id`. */
  language: string;
  /** The columns that need a column of the source, `phone_number` first. */
  columns: string[];
  /** Those that may have one. */
  optionalColumns: string[];
};

/** When and how a draft's run goes out, as `startRun` takes it. */
export type DraftSettings = Pick<
  RunRequest,
  | 'values'
  | 'maxRejected'
  | 'retryAfterFailure'
  | 'delivery'
  | 'channelId'
  | 'pace'
  | 'window'
  | 'windowDays'
  | 'timeZone'
  | 'dailyLimit'
  | 'handOver'
  | 'first'
  | 'tooLateAfter'
  | 'force'
  | 'catchUp'
> & {
  /** ISO 8601 with an offset, or as the clock of `timeZone` shows it. Default: at once. */
  startAt?: string;
};

/** What a draft's rows came to when they were read last. */
export type DraftCheck = RowCounts & {
  /** When the last row was read. */
  checkedAt: Date;
};

/** A broadcast that somebody is making. Nothing of it is enqueued before it is confirmed. */
export type Draft = {
  /** A UUID. */
  id: string;
  /** The name of its run. */
  name: string;
  /** Who began to make it. */
  createdBy: string;
  /** When they did. */
  createdAt: Date;
  /** When it was changed last. */
  updatedAt: Date;
  /** Rises with each change, and with a check for another template than the last one was for. A change names the version that it was made on. */
  version: number;
  /**
   * `preparing`: it is confirmed, and a worker reads its rows into the run. `started`: all of them are in. `failed`: the run was given up
   * before anything went out.
   */
  state: DraftState;
  /** Where its recipients come from; `null`: nobody has said so. */
  source: DraftSource | null;
  /** What is sent; `null`: nobody has said so. */
  template: DraftTemplate | null;
  /** The column of the source for each column of the template; `null`: none. Empty as long as source or template is missing. */
  mapping: Record<string, string | null>;
  /** When and how it goes out. */
  settings: DraftSettings;
  /** `null`: it was never checked, or source, template, mapping or settings changed since. */
  check: DraftCheck | null;
  /** How far a check is that is under way; `null`: none is. `bytes` of the source, if it is a file. */
  checking: {
    /** Rows that were read. */
    rows: number;
    /** How much of the file that is; `null`: it is no file. */
    bytes: number | null;
  } | null;
  /** Why the last check could not be done, or why the list is gone; `null`: neither. */
  checkFault: string | null;
  /** Of a confirmed draft. */
  runId: string | null;
  /** Who confirmed it. */
  confirmedBy: string | null;
  /** Why its run was given up. */
  failure: string | null;
};

/** The settings to change. What is not named stays as it is; `null` takes it away. */
export type DraftChanges = {
  /** The name of its run. */
  name?: string;
  /** One of the audiences that the server's configuration names, in the place of a file; `null`: no source. */
  audience?: string | null;
  /** Its name, as `reminder` or `reminder:id`, or its id. */
  template?: {
    /** Default `default`. */
    account?: string;
    /** The id of the WhatsApp channel at Qiscus. Default: the template's. */
    channelId?: number;
    /** As `reminder:id`. */
    template?: string;
    /** Its id at Qiscus. */
    templateDetailId?: number;
  } | null;
  /** Columns of the template that get another column of the source, or none; the others stay. */
  mapping?: Record<string, string | null>;
  /** All of them at once. */
  settings?: DraftSettings;
};

/** Which draft is changed, as whoever changes it has seen it. */
export type SeenDraft = {
  /** The draft's. */
  id: string;
  /** It has to be the draft's version, or nothing is changed (`CHANGED_MEANWHILE`, 409). */
  version: number;
};

/** All that confirming a draft means. Instants are ISO 8601 in UTC. */
export type DraftPlan = {
  /** The draft's version that it is the plan of. */
  version: number;
  /** Who would be messaged. */
  people: number;
  /** Batches of at most 1,000 of them. */
  batches: number;
  /** `null`: at once. */
  firstStartAt: string | null;
  /** `null`: at once. */
  lastStartAt: string | null;
  /** In which a start without an offset is meant. */
  timeZone: string;
  /** Which share of the day's limit they are, from 0; `null`: there is no such limit. */
  limitShare: number | null;
  /** People of batches that would start later than the settings allow. */
  tooLate: number;
  /** Rows that get no message: rejected, duplicate or suppressed. */
  leftOut: number;
  /** What its messages cost by the list of prices; `null`: there is none, or no plan. */
  cost: Cost | null;
  /** The same in words, or why it isn't known; empty: there is no plan. */
  costText: string;
  /** Whether somebody else has to approve the run before it goes out. */
  approval: boolean;
  /** The plan in a sentence; the template's name stands between asterisks. */
  sentence: string;
  /** With more people than this, whoever confirms has to say how many there are. */
  confirmAbove: number;
  /** What stands in the way of confirming, a sentence each; empty: nothing does. */
  faults: string[];
};
