import type { Template } from '../../domain/templates/template.js';
import { type Html, html } from '../html/html.js';
import { facts } from '../html/parts.js';

/** What a template says, and which columns it needs. */
export function templateDetails({ header, body, footer, columns, approval }: Template): Html {
  return html`<div class="template">${facts([
    ['Approval', approval],
    ['Columns', columns.join(', ')],
    ['Header', header && (header.text ?? header.type)],
    ['Text', body !== null && html`<span class="words">${body}</span>`],
    ['Footer', footer],
  ])}</div>`;
}
