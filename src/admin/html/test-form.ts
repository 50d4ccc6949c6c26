import type { TestSent } from '../../pipeline/test-sends/test-send.js';
import { type Html, html } from './html.js';
import { count, recipients } from './words.js';

/**
 * Sends a row to oneself. @param action where the form goes, with the `row` and a `phoneNumber`, which is empty for all
 * @param testNumbers those of the configuration; empty: any number may be written.
 */
export function testForm(action: string, row: number, testNumbers: readonly string[]): Html {
  return html`<form class="question" method="post" action="${action}"><h3>Send this message to yourself</h3>
<input type="hidden" name="row" value="${String(row)}">
${testNumberField(testNumbers, true)}
<p class="buttons"><button>Send the test</button></p></form>`;
}

/** Whom a test goes to. @param isNeeded whether it is all that its form is for */
export function testNumberField(testNumbers: readonly string[], isNeeded: boolean): Html {
  return html`<div class="field"><label for="test-number">Test number</label>${
    testNumbers.length > 0
      ? html`<select id="test-number" name="phoneNumber">${testNumbers.length > 1 && html`<option value="">All ${count(testNumbers.length)}</option>`}${testNumbers.map((number) => html`<option value="${number}">${number}</option>`)}</select>`
      : html`<input id="test-number" name="phoneNumber" inputmode="tel" maxlength="40"${isNeeded && html` required`} autocomplete="off" spellcheck="false">`
  }</div>
<p class="hint">It goes out at once, as a run of its own. The customer of this row gets nothing.</p>`;
}

/** What became of a test to oneself. */
export function testedWords({ runId, phoneNumbers, outcome }: TestSent): string {
  const how = outcome === 'handed_over' ? 'was handed over to Qiscus' : 'is on its way';
  return `The test to ${recipients(phoneNumbers.length)} ${how}, as run ${runId}.`;
}
