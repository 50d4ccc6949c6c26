import type { Context } from '../../context.js';
import { show } from '../../domain/delivery/delivery.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import type { RunOutcome, RunStatus } from '../../domain/runs/run.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { readWait, waitForm } from '../../domain/timing/duration.js';
import { UsageError } from '../../errors.js';
import { enqueue } from '../intake/enqueue.js';
import { seal } from '../intake/seal.js';
import { SharedIntakes } from '../intake/shared-intakes.js';
import { startRun } from '../intake/start-run.js';
import { requireTemplate, type TemplateReference, unapprovedWords } from '../templates/resolve-template.js';
import { type Preview, previewOf, refuseColumns } from '../views/preview.js';
import { watchRun } from '../views/watch-run.js';

/** A test of a template, to oneself. */
export type TestSendRequest = TemplateReference & {
  /** To whom. Default: all of `SIARAN_TEST_NUMBERS`. Where that is set, nobody else gets a test. */
  phoneNumbers?: readonly (string | number)[];
  /** The values of the template's body, in their order; for a template with a header or buttons of its own give a `row`. */
  variables?: readonly (string | number)[];
  /** A value for each column, as a recipient's; whose number it has doesn't matter. */
  row?: Readonly<Record<string, unknown>>;
  /** What becomes of a value that WhatsApp refuses. Default `reject`. */
  values?: ValuePolicy | undefined;
  /** How long the call waits for what comes of it, such as `30s`, its default. It goes out however long that takes. */
  wait?: string;
};

/** What came of a test. */
export type TestSent = {
  /** The run that holds the test alone. */
  runId: string;
  /** To whom it goes, in digits. */
  phoneNumbers: string[];
  /** How far it is. */
  status: RunStatus;
  /** How it ended; `null`: it hasn't yet. */
  outcome: RunOutcome | null;
  /** What each of them sees. */
  message: Preview;
};

/** As many numbers get a test at once. */
const mostNumbers = 20;

/**
 * Sends a template to oneself, by the way that a broadcast takes: a file of its own. It is no part of any other run, and a key, a pace or a
 * limit doesn't count for it. @throws {UsageError} that says why it can't be sent.
 */
export async function testSend(ctx: Context, request: TestSendRequest): Promise<TestSent> {
  const { wait = '30s' } = request;
  const waitMs = readWait(wait);
  if (waitMs === undefined) throw new UsageError(`wait is ${show(wait)}; ${waitForm}.`);
  const numbers = numbersOf(ctx, request.phoneNumbers);
  const template = await requireTemplate(ctx, request);
  if (isUnapproved(template)) throw new UsageError(`The ${unapprovedWords(template)}, and can't be sent.`);
  const rows = numbers.map((number) => ({ ...valuesOf(request), phone_number: number }));
  const [message] = rows.map((row) => judge(ctx, template, row, request.values));
  const [first] = rows;
  if (!first || !message) throw new UsageError('Name at least one number for the test.');
  const { id } = await startRun(ctx, {
    ...{ name: `Test of ${labelOf(template)}`, templateDetailId: template.templateDetailId, account: template.account },
    ...{ columns: Object.keys(first), ...(request.values && { values: request.values }) },
  });
  await enqueue(ctx, new SharedIntakes(), id, rows as never[], { source: 'test' });
  await seal(ctx, id);
  return { runId: id, phoneNumbers: numbers, ...(await untilOver(ctx, id, waitMs)), message };
}

function judge(
  ctx: Context,
  template: Template,
  row: Readonly<Record<string, unknown>>,
  values?: ValuePolicy,
): Preview {
  const columns = Object.keys(row);
  refuseColumns(template, columns);
  return previewOf(ctx, template, columns, row, values, 'The test');
}

function valuesOf({ variables, row }: TestSendRequest): Record<string, unknown> {
  if (row !== undefined && variables !== undefined) throw new UsageError('Give variables or a row, not both.');
  if (row !== undefined) return { ...row };
  return Object.fromEntries((variables ?? []).map((value, at) => [`body_variable${at + 1}`, value]));
}

/** @throws {UsageError} naming each number that is none, or that isn't meant for tests. */
function numbersOf({ config }: Context, given: TestSendRequest['phoneNumbers']): string[] {
  const { testNumbers } = config;
  if (given === undefined && testNumbers.length === 0)
    throw new UsageError('To whom? Name a number, or set SIARAN_TEST_NUMBERS.');
  if (given !== undefined && !Array.isArray(given))
    throw new UsageError(`phoneNumbers is ${show(given)}; write a list of numbers, such as ['6281234567890'].`);
  const read = compilePhoneNumberReader(config.defaultCountry);
  const meant = new Set(testNumbers.map(identityOf));
  const numbers = (given ?? testNumbers).map((number) => {
    const reading = read(String(number));
    if (!reading.ok) throw new UsageError(`The test can't be sent: ${reading.reason}.`);
    if (meant.size > 0 && !meant.has(identityOf(reading.digits)))
      throw new UsageError(
        "A test can only be sent to the numbers of SIARAN_TEST_NUMBERS, and this number isn't one of them.",
      );
    return reading.digits;
  });
  if (numbers.length > mostNumbers) throw new UsageError(`A test goes to at most ${mostNumbers} numbers.`);
  return [...new Set(numbers)];
}

async function untilOver(ctx: Context, runId: string, waitMs: number): Promise<Pick<TestSent, 'status' | 'outcome'>> {
  let seen: Pick<TestSent, 'status' | 'outcome'> = { status: 'sealed', outcome: null };
  for await (const { status, outcome } of watchRun(ctx, runId, AbortSignal.timeout(Math.max(1, waitMs))))
    seen = { status, outcome };
  return seen;
}
