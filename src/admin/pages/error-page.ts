import type { Actor } from '../../config/admin-token.js';
import type { Desk } from '../html/desk.js';
import { html } from '../html/html.js';
import { layout } from '../html/layout.js';

/** What went wrong, as a page. @param back the page that the reader came from. @param desk if it was looked at before. */
export function errorPage(
  told: { status: number; title: string; detail: string },
  { actor, back, desk }: { actor: Actor | undefined; back: string; desk?: Desk | undefined },
): string {
  const isStranger = told.status === 401;
  return layout({
    title: told.title,
    actor,
    desk,
    content: html`<h1>${told.title}</h1>
<p class="notice refused">${isStranger ? 'You are no longer logged in, and nothing was done.' : told.detail}</p>
<p>${
      isStranger
        ? html`<a class="button" href="/login?next=${encodeURIComponent(back)}">Log in</a>`
        : html`<a class="button" href="${back}">Back</a>`
    } <span class="faint">${told.status}</span></p>`,
  });
}
