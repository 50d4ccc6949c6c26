import type { ServiceToken } from '../../store/admin-users.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/parts.js';
import { time } from '../html/words.js';

/** The tokens of a user's programs, and a form that makes one more. */
export function tokenSection(name: string, tokens: readonly ServiceToken[]): Html {
  const path = `/users/${encodeURIComponent(name)}/tokens`;
  const rows = tokens.map(({ id, label: program, expiresAt, usedAt }) => [
    html`<span class="words">${program}</span>`,
    html`<code>${id}</code>`,
    Date.parse(expiresAt) > Date.now() ? time(expiresAt) : html`<span class="faint">expired ${time(expiresAt)}</span>`,
    usedAt === null ? 'never' : time(usedAt),
    html`<form method="post" action="${path}/${id}/revoke"><button aria-label="${`Revoke the token ${program}`}">Revoke</button></form>`,
  ]);
  return html`<section><h2>Tokens of programs</h2>${
    tokens.length === 0
      ? html`<p class="empty">No program has a token of ${name}.</p>`
      : table('Tokens, the newest first', ['Program', 'Id', 'Good until', 'Used', 'Revoke'], rows)
  }<form class="question" method="post" action="${path}"><p class="field"><label for="label">Program</label> <input id="label" name="label" required maxlength="100" autocomplete="off"></p><p class="field"><label for="days">Good for so many days</label> <input id="days" name="days" type="number" min="1" max="366" value="90" required></p><p class="buttons"><button>Make a token</button></p></form></section>`;
}
