import * as z from 'zod';
import type { Context } from '../../context.js';
import { describeForgotten } from '../../domain/desk/forgotten-words.js';
import { forget } from '../../pipeline/operating/forget.js';
import { findRecipient } from '../../pipeline/views/find-recipient.js';
import type { AdminApp } from '../app.js';
import { html } from '../html/html.js';
import { question } from '../html/parts.js';
import { plural } from '../html/words.js';
import { goTo, show } from './answer.js';

const oneNumber = z.object({ phoneNumber: z.string().max(200) });

/** Somebody asks to be forgotten: an operator is asked before it is done, and the answer has no number in it. */
export function addForgetChanges(app: AdminApp, ctx: Context): void {
  // A question, and nothing else, although it is posted.
  app.post(
    '/recipients/forgetting',
    { schema: { body: oneNumber }, config: { looks: true, operator: true } },
    async (request, reply) => {
      const { phoneNumber, runs } = await findRecipient(ctx, request.body.phoneNumber);
      return show(request, reply, {
        title: 'Forget a person',
        section: 'Recipients',
        content: html`<p class="trail"><a href="/recipients">Recipient search</a></p><h1>Forget a person</h1>${question(
          {
            text: html`Forget the person with the number ${phoneNumber}? <strong>It can't be undone.</strong> The number, values and names go from ${plural(runs.length, 'run')}; counts and statuses stay. Lists of drafts with the number in them are thrown away. No run of any account messages the number again. What Qiscus keeps of it has to be removed there.`,
            fields: html`<input type="hidden" name="phoneNumber" value="${phoneNumber}">`,
            action: '/recipients/forget',
            button: 'Yes, forget this person',
            back: '/recipients',
            danger: true,
          },
        )}`,
      });
    },
  );

  app.post(
    '/recipients/forget',
    { schema: { body: oneNumber }, config: { tellsNothing: true } },
    async (request, reply) => {
      const forgotten = await forget(ctx, request.body.phoneNumber, { by: request.actor.name });
      return goTo(request, reply, '/recipients', `Forgotten: ${describeForgotten(forgotten)}`);
    },
  );
}
