import type { Actor } from '../../config/admin-token.js';
import { type Emphasis, readEmphasis, type TextPiece } from '../../domain/templates/emphasis.js';
import type { RenderedMessage } from '../../domain/templates/render-message.js';
import { seesNumbers } from '../access/roles.js';
import { type Html, html } from './html.js';
import { masked } from './words.js';

/** A message as it looks on a telephone, with WhatsApp's emphasis; numbers in it only for who sees numbers. Its buttons lead nowhere: a page must not call or open what was written to somebody. */
export function messageBox({ header, body, footer, buttons }: RenderedMessage, actor: Actor): Html {
  const asSeen = (text: string) => (seesNumbers(actor) ? text : masked(text));
  return html`<div class="message">
<div class="bubble">${header !== null && html`<p class="words"><strong>${asSeen(header)}</strong></p>`}<p class="words">${
    body === null
      ? html`<em>Nobody has told the text of this template.</em>`
      : readEmphasis(asSeen(body)).map(shownPiece)
  }</p>${footer !== null && html`<p class="words faint">${footer}</p>`}</div>
${
  buttons.length > 0 &&
  html`<ul aria-label="Buttons">${buttons.map(
    ({ text, url, phoneNumber }) =>
      html`<li><b>${text}</b>${(url ?? phoneNumber) !== null && html` <span class="faint words">${asSeen(url ?? phoneNumber ?? '')}</span>`}</li>`,
  )}</ul>`
}</div>`;
}

const inTag: Record<Emphasis, (content: Html) => Html> = {
  bold: (content) => html`<strong>${content}</strong>`,
  italic: (content) => html`<em>${content}</em>`,
  strike: (content) => html`<s>${content}</s>`,
  mono: (content) => html`<code>${content}</code>`,
};

function shownPiece({ text, emphasis }: TextPiece): Html {
  const lines = text.split('\n').map((line, at) => html`${at > 0 && html`<br>`}${line}`);
  return emphasis.reduceRight((content, kind) => inTag[kind](content), html`${lines}`);
}
