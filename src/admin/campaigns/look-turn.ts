import type { FastifyReply, FastifyRequest } from 'fastify';
import { actingAs, type Context } from '../../context.js';
import { UsageError } from '../../errors.js';
import { testSendOfAudience } from '../../pipeline/lists/try-audience.js';
import { refuseFreeAudience } from '../api/free-audience.js';
import { whileAsked } from '../asker.js';
import { orFault, show } from '../forms/answer.js';
import type { Page } from '../html/layout.js';
import { testedWords } from '../html/test-form.js';
import { orFaults } from './asking.js';
import type { Choices, FormAbout } from './form-fields.js';
import { type ChosenColumns, hasChosen, isMoved, type Look, lookAt } from './look.js';
import { lookSection } from './look-section.js';
import type { WrittenCampaign } from './read-form.js';

/** What the form's button asks for. */
export const asks = ['show', 'ask', 'back', 'look', 'all'] as const;
type Asks = (typeof asks)[number];

/** A form as it was sent, for whom, and where its buttons lead. */
type FormTurn = {
  request: FastifyRequest;
  reply: FastifyReply;
  written: WrittenCampaign;
  choices: Choices;
  chosen: ChosenColumns;
  path: string;
  /** The audience as it stands already: nobody is refused what is there. */
  standing?: string;
};

/** The form with what a look has put into it; `look`: what it shows of it. `isLook`: nothing else was asked for, or can be done now. */
type Turned = { written: WrittenCampaign; look?: Look; isLook: boolean };

/** Looks at the audience if the form asks for that, or has columns that were chosen for it. */
export async function turnForm(ctx: Context, turn: FormTurn, what: Asks): Promise<Turned | { faults: string[] }> {
  const { written, chosen } = turn;
  const moved = isMoved(written, chosen);
  const isLook = what === 'look' || what === 'all' || (moved && what === 'ask');
  if (!isLook && (moved || !hasChosen(chosen))) return { written, isLook };
  const how = what === 'all' ? 'all' : isLook ? 'some' : 'columns';
  const looked = await orFaults(() => look(ctx, turn, how));
  return 'faults' in looked ? looked : { ...looked.done, isLook };
}

function look(ctx: Context, turn: FormTurn, how: 'columns' | 'some' | 'all') {
  const { request, written, choices, chosen, reply, standing } = turn;
  if (written.audience.trim() !== standing) refuseFreeAudience(ctx.config, written.audience);
  return lookAt(actingAs(ctx, request.actor.name), written, { choices, chosen }, how, whileAsked(reply));
}

/** What a look shows in the form. */
export function shownLook(ctx: Context, { request, path }: FormTurn, { written, look: seen }: Omit<Turned, 'isLook'>) {
  return seen && lookSection(seen, { written, path, testNumbers: ctx.config.testNumbers }, request.actor);
}

/** Sends the row that is looked at to whoever asks, and shows the form again with what came of it. @param page of a form */
export async function showTest(
  ctx: Context,
  turn: FormTurn,
  phoneNumber: string,
  page: (written: WrittenCampaign, more: Pick<FormAbout, 'look' | 'faults'>) => Omit<Page, 'actor' | 'notice'>,
): Promise<FastifyReply> {
  const { request, reply, written } = turn;
  const looked = await orFaults(() => look(ctx, turn, 'some'));
  if ('faults' in looked) return show(request, reply.code(400), page(written, { faults: looked.faults }));
  const { look: seen, written: form } = looked.done;
  const shown = page(form, { look: shownLook(ctx, turn, looked.done) });
  if (!seen.fitted) return show(request, reply.code(400), { ...shown, refusal: 'Only another program can read it.' });
  const numbers = phoneNumber === '' ? undefined : [phoneNumber];
  const asked = { row: turn.chosen.row, phoneNumbers: numbers };
  const sent = await orFault(testSendOfAudience(actingAs(ctx, request.actor.name), seen.asked, seen.fitted, asked));
  if (sent instanceof UsageError) return show(request, reply.code(400), { ...shown, refusal: sent.message });
  return show(request, reply, shown, testedWords(sent));
}
