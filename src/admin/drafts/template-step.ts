import type { Actor } from '../../config/admin-token.js';
import { renderMessage } from '../../domain/templates/render-message.js';
import { isUnapproved, type Template } from '../../domain/templates/template.js';
import type { Draft } from '../../pipeline/drafts/draft.js';
import { type Html, html } from '../html/html.js';
import { messageBox } from '../html/message.js';
import { count, plural } from '../html/words.js';
import { seenVersion, wayOn } from './frame.js';
import { draftPath } from './steps.js';

/** Those of one page; the others are found by a part of their name. */
const mostShown = 50;

/** Which templates there are to choose from, and by which words they were searched. */
type TemplateChoice = { templates: readonly Template[]; faults: readonly string[]; search: string };

/** What is said: a list of templates, each with its text as soon as it is chosen. */
export function templateStep(draft: Draft, { templates, faults, search }: TemplateChoice, actor: Actor): Html {
  const found = templates.filter((template) => isFound(template, search));
  const chosen = found.find((template) => isChosen(draft, template));
  const shown = [...(chosen ? [chosen] : []), ...found.filter((template) => template !== chosen)].slice(0, mostShown);
  return html`${draft.template && wayOn(draft, 'template', 'columns')}
${faults.map((fault) => html`<p class="notice refused">${fault}</p>`)}
<form class="search" method="get" action="${draftPath(draft.id, 'template')}"><label for="search">Find a template</label><div class="line"><input id="search" name="search" type="search" maxlength="100" value="${search}" autocomplete="off" placeholder="a part of its name or text"> <button>Find</button></div></form>
${
  shown.length === 0
    ? html`<p class="empty">${templates.length === 0 ? 'No template is known.' : 'No template has that in its name or text.'}</p>`
    : html`<form class="choose" method="post" action="${draftPath(draft.id, 'template')}">${seenVersion(draft)}
<fieldset><legend>${found.length > shown.length ? `The first ${count(shown.length)} of ${count(found.length)} templates` : plural(found.length, 'template')} <span class="faint">(choose one to see its text)</span></legend>
<ul class="choices">${shown.map((template) => choice(draft, template, actor, hasSeveralAccounts(templates)))}</ul></fieldset>
<p class="buttons sticky"><button class="primary">Take this template</button></p></form>`
}
<form class="refresh" method="post" action="${draftPath(draft.id, 'template')}/refresh"><p class="hint">Is yours not there, or not approved? <button class="quiet">Ask Qiscus again</button></p></form>`;
}

function choice(draft: Draft, template: Template, actor: Actor, withAccount: boolean): Html {
  const { account, templateDetailId, name, language, category, approval, rejectionReason } = template;
  const id = `template-${account}-${templateDetailId}`;
  const tone = approval === 'approved' ? 'good' : approval === 'unknown' ? 'plain' : 'bad';
  const approvalWords = approval === 'unknown' ? 'approval not known' : approval;
  return html`<li><label class="check" for="${id}"><input type="radio" id="${id}" name="template" value="${`${account}/${templateDetailId}`}" required${isChosen(draft, template) && html` checked`}${isUnapproved(template) && html` disabled`}> <span><b class="words">${name}</b> <span class="faint">${[languageWords(language), category, withAccount && `account ${account}`].filter((word) => word !== null && word !== false).join(' · ')}</span> <span class="mark ${tone}">${approvalWords}</span>${rejectionReason !== null && html` <span class="faint words">${rejectionReason}</span>`}</span></label>
${messageBox(renderMessage(template, ['phone_number'], []), actor)}</li>`;
}

function isFound({ name, body }: Template, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return `${name}\n${body ?? ''}`.toLowerCase().includes(wanted);
}

function isChosen({ template: chosen }: Draft, { account, templateDetailId }: Template): boolean {
  return chosen?.account === account && chosen.templateDetailId === templateDetailId;
}

function hasSeveralAccounts(templates: readonly Template[]): boolean {
  return new Set(templates.map(({ account }) => account)).size > 1;
}

const languages = new Intl.DisplayNames('en', { type: 'language' });

/** `id` as `Indonesian (id)`. */
function languageWords(code: string): string {
  try {
    const name = languages.of(code.replace('_', '-'));
    return name === undefined || name === code ? code : `${name} (${code})`;
  } catch {
    return code;
  }
}
