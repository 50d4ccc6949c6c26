import * as z from 'zod';
import type { Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { type Suppressed, suppress, unsuppressAsSeen } from '../../pipeline/operating/suppress.js';
import { readPhoneNumber } from '../../pipeline/views/find-recipient.js';
import { findSuppression } from '../../store/suppressions.js';
import type { AdminApp } from '../app.js';
import { type Html, html } from '../html/html.js';
import { question } from '../html/parts.js';
import { plural, time } from '../html/words.js';
import { showList } from '../pages/suppressions.js';
import { goTo, orFault, show } from './answer.js';
import { sourceWords } from './suppression-forms.js';

/** As many as the API takes at once. */
const mostNumbers = 1_000;
const faultsShown = 10;

const oneNumber = z.object({ phoneNumber: z.string().max(200) });
/** As it stood on the list when they were asked. */
const seenNumber = oneNumber.extend({ source: z.enum(['operator', 'opt_out']), addedAt: z.iso.datetime() });

export function addSuppressionChanges(app: AdminApp, ctx: Context): void {
  app.post(
    '/suppressions/add',
    { schema: { body: z.object({ phoneNumbers: z.string(), reason: z.string().trim().max(200) }) } },
    async (request, reply) => {
      const { phoneNumbers: written, reason } = request.body;
      const done = await orFault(putOnList(ctx, written, reason));
      if (done instanceof UsageError)
        return showList(ctx, request, reply.code(400), { written, reason, faults: shortened(done.message) });
      // What is told goes through a cookie: no number.
      const already = done.already > 0 ? `; ${done.already} stood there already` : '';
      return goTo(request, reply, '/suppressions', `${plural(done.added, 'number')} put on the list${already}.`);
    },
  );

  // A question, and nothing else, although it is posted.
  app.post(
    '/suppressions/removal',
    { schema: { body: oneNumber }, config: { looks: true, operator: true } },
    async (request, reply) => {
      const phoneNumber = readPhoneNumber(ctx, request.body.phoneNumber);
      const suppression = await findSuppression(ctx.db, phoneNumber);
      if (!suppression) return goTo(request, reply, '/suppressions', 'It is not on the list any more.');
      if (suppression.source === 'forgotten')
        return goTo(request, reply, '/suppressions', 'Its owner was forgotten: it stays on the list.');
      const { reason, source, addedAt } = suppression;
      const optedOut =
        source === 'opt_out' &&
        html` <strong>Its owner asked not to be messaged; WhatsApp may refuse it all the same.</strong>`;
      return show(request, reply, {
        title: 'Take a number off the suppression list',
        section: 'Suppression list',
        content: html`<p class="trail"><a href="/suppressions">Suppression list</a></p><h1>Take a number off the list</h1>${question(
          {
            text: html`Let runs message ${phoneNumber} again? It is on the list since ${time(addedAt)}: <span class="words">${reason}</span> (${sourceWords[source]}).${optedOut} Runs that left it out don't send to it later; runs that haven't reached it yet message it again.`,
            fields: html`${hidden(phoneNumber)}<input type="hidden" name="source" value="${source}"><input type="hidden" name="addedAt" value="${addedAt}">`,
            action: '/suppressions/remove',
            button: 'Yes, take it off',
            back: '/suppressions',
            danger: source === 'opt_out',
          },
        )}`,
      });
    },
  );

  app.post('/suppressions/remove', { schema: { body: seenNumber } }, async (request, reply) => {
    const { phoneNumber, ...seen } = request.body;
    const removed = await unsuppressAsSeen(ctx, phoneNumber, seen);
    const told = removed ? '1 number taken off the list.' : 'It was not on the list any more.';
    return goTo(request, reply, '/suppressions', told);
  });
}

async function putOnList(ctx: Context, written: string, reason: string): Promise<Suppressed> {
  return suppress(ctx, readNumbers(written), { reason });
}

/** One a line, or with commas or semicolons between them. */
function readNumbers(text: string): string[] {
  const numbers = text
    .split(/[\n,;]/)
    .map((number) => number.trim())
    .filter((number) => number !== '');
  if (numbers.length === 0) throw new UsageError('Write at least one phone number.');
  if (numbers.length > mostNumbers)
    throw new UsageError(
      `At most ${mostNumbers} numbers are taken at once; siaran suppress import takes files of any length.`,
    );
  return numbers;
}

function shortened(message: string): string[] {
  const faults = message.split('\n');
  const more = faults.length - faultsShown;
  return [...faults.slice(0, faultsShown), ...(more > 0 ? [`and ${more} more`] : [])];
}

function hidden(phoneNumber: string): Html {
  return html`<input type="hidden" name="phoneNumber" value="${phoneNumber}">`;
}
