import { longestPassword, shortestPassword } from '../../domain/people/password-rules.js';
import { type Html, html } from '../html/html.js';

/** The rules of a password, for who chooses one; `aria-describedby` names it. */
export const passwordRules: Html = html`<p class="hint" id="rules">At least ${shortestPassword} characters, of any kind: some words that nobody else would put together are good. Or let your browser make one.</p>`;

/** A password that somebody has. */
export function presentPassword(id: string, label: string): Html {
  return html`<label for="${id}">${label}</label> <input id="${id}" name="password" type="password" autocomplete="current-password" required maxlength="1000">`;
}

/** A password that somebody chooses, as it is written for the first and the second time. */
export function chosenPassword(name: string, label: string): Html {
  return html`<label for="${name}">${label}</label> <input id="${name}" name="${name}" type="password" autocomplete="new-password" required minlength="${shortestPassword}" maxlength="${longestPassword}" aria-describedby="rules">`;
}
