import type { Context } from '../../context.js';
import { rowsShown } from '../../domain/approval/approval.js';
import { byCallingCode, type Cost, costOf } from '../../domain/prices/prices.js';
import { readLines } from '../../domain/recipients/recipient.js';
import { type RenderedMessage, renderMessage } from '../../domain/templates/render-message.js';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { RunStateError } from '../../errors.js';
import { approvalsOf, countByStart, firstLines } from '../../store/approvals.js';
import type { RunRow } from '../../store/runs.js';
import { findTemplate } from '../../store/templates.js';
import { requireRun } from '../require-run.js';
import { type RunView, viewRun } from '../views/view-run.js';

/** What an approver is shown of a run before it goes out. */
export type ApprovalView = {
  /** What `approve` takes: another text as soon as anything has changed that is to be approved. */
  state: string;
  /** Whether it still waits for an approval. */
  waits: boolean;
  /** With more people than this it needs one; 0: always. */
  above: number;
  /** How many people are in it. */
  people: number;
  /** Whether all of them are: if not, those who still come ask again. */
  isWhole: boolean;
  /** Who started it: somebody else has to approve it. */
  startedBy: string | null;
  /** The version of its campaign of which all runs are approved with it; `null`: this run alone. */
  version: number | null;
  /** The names of its columns, the phone number's first. */
  columns: string[];
  /** Its first five rows, with a value a column. */
  rows: string[][];
  /** Its template's name and language, as `reminder:id`; `null`: Siaran doesn't know it. */
  template: string | null;
  /** The first row as its recipient will see it; `null`: no row is cut yet, or the template isn't known. */
  message: RenderedMessage | null;
  /** What its messages cost by the list of prices; `null`: there is none. */
  cost: Cost | null;
  /** The run. */
  run: RunView;
};

/** What is asked of an approver. @throws {NotFoundError} @throws {RunStateError} `NOTHING_TO_APPROVE` if it needs no approval, whatever is in it */
export async function viewApproval(ctx: Context, runId: string): Promise<ApprovalView> {
  const row = await requireRun(ctx, runId);
  // Its state is read before the rest, so that what changes in between is noticed.
  const standing = (await approvalsOf(ctx.db, [runId])).get(runId);
  if (!standing)
    throw new RunStateError('NOTHING_TO_APPROVE', runId, `Run ${runId} needs no approval, however many are in it.`);
  const { state, isLacking: waits, above, people, isWhole, startedBy, version } = standing;
  const lines = row.purgedAt ? [] : await firstLines(ctx.db, runId, rowsShown);
  const rows = readLines(lines.join('\n')).map((values) => [...values]);
  const columns = ['phone_number', ...row.columns.filter((column) => column !== 'phone_number')];
  const template = await findTemplate(ctx.db, row.account, row.templateDetailId);
  const [first] = rows;
  return {
    ...{ state, waits, above, people, isWhole, startedBy, version, columns, rows },
    template: template ? labelOf(template) : null,
    message: template && first ? renderMessage(template, columns, first) : null,
    cost: await costOfRun(ctx, row, template),
    run: await viewRun(ctx, runId),
  };
}

async function costOfRun({ db, config }: Context, run: RunRow, template?: Template): Promise<Cost | null> {
  if (config.prices === undefined) return null;
  const countByCallingCode = byCallingCode(await countByStart(db, run.id));
  return costOf({ category: template?.category ?? null, countByCallingCode }, config.prices);
}
