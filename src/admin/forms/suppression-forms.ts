import type { Actor } from '../../config/admin-token.js';
import type { Context } from '../../context.js';
import { maskGroupedNumbersIn } from '../../domain/numbers/mask-number.js';
import { exampleNumber, nameCountry } from '../../domain/numbers/numbering-plans.js';
import type { SuppressionSource } from '../../store/suppressions.js';
import { seesNumbers } from '../access/roles.js';
import { type Html, html } from '../html/html.js';

export const sourceWords: Record<SuppressionSource, string> = {
  operator: 'put there by an operator',
  opt_out: 'its owner opted out',
  forgotten: 'its owner was forgotten',
};

/** Operators write reasons, and numbers into them. */
export function reasonFor(actor: Actor, reason: string): string {
  return seesNumbers(actor) ? reason : maskGroupedNumbersIn(reason);
}

/** Asks for one number. Nothing is remembered of it, neither by the address nor by the browser's own lists. */
export function numberForm(
  ctx: Context,
  form: { action: string; button: string; focus?: boolean; asked?: string; fault?: string },
): Html {
  const { fault } = form;
  return html`<form class="search" method="post" action="${form.action}">
${fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`}
<label for="number">Phone number</label>
<div class="line"><input id="number" name="phoneNumber" inputmode="tel" maxlength="200" required autocomplete="off" spellcheck="false" value="${form.asked ?? ''}" aria-describedby="${fault === undefined ? 'number-hint' : 'fault number-hint'}"${
    fault !== undefined && html` aria-invalid="true"`
  }${form.focus === true && html` autofocus`}> <button class="primary">${form.button}</button></div>
<p class="hint" id="number-hint">${formWords(ctx)}</p>
</form>`;
}

/** How numbers may be written. */
export function formWords({ config: { defaultCountry } }: Context): string {
  if (defaultCountry === undefined) return `Written internationally, such as ${exampleNumber(undefined)}.`;
  return `Written internationally, such as ${exampleNumber(defaultCountry)}, or as is usual in ${nameCountry(defaultCountry)}.`;
}

/** Puts one number that is shown, or those that are written into it, on the list. */
export function addForm(
  form: { phoneNumber: string } | { hint: string; written?: string; reason?: string; faults?: readonly string[] },
): Html {
  const isOne = 'phoneNumber' in form;
  const faults = isOne ? [] : (form.faults ?? []);
  return html`<form class="search" method="post" action="/suppressions/add">
${faults.length > 0 && html`<div class="notice refused" id="add-fault" role="alert"><p>Nothing was put on the list.</p><ul>${faults.map((fault) => html`<li>${fault}</li>`)}</ul></div>`}
${
  isOne
    ? html`<input type="hidden" name="phoneNumbers" value="${form.phoneNumber}">`
    : html`<label for="numbers">Phone numbers, one a line</label><textarea id="numbers" name="phoneNumbers" rows="3" required autocomplete="off" spellcheck="false" aria-describedby="numbers-hint${faults.length > 0 && ' add-fault'}"${
        faults.length > 0 && html` aria-invalid="true"`
      }>
${form.written ?? ''}</textarea><p class="hint" id="numbers-hint">${form.hint}</p>`
}
<label for="reason">Reason <span class="faint">(shown to everybody who sees the list)</span></label>
<input id="reason" name="reason" maxlength="200" required autocomplete="off" value="${isOne ? '' : (form.reason ?? '')}">
<p class="hint">No run of any account messages ${isOne ? 'it' : 'them'} from then on. What was handed over to Qiscus stays handed over.</p>
<p class="buttons"><button class="primary">${isOne ? 'Suppress it' : 'Put on the list'}</button></p>
</form>`;
}

/** Leads to the question whether to take it off. */
export function removalForm(phoneNumber: string): Html {
  return html`<form method="post" action="/suppressions/removal"><input type="hidden" name="phoneNumber" value="${phoneNumber}"><button aria-label="Take off ${phoneNumber}">Take off</button></form>`;
}
