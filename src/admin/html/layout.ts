import type { Actor } from '../../config/admin-token.js';
import { mayChange } from '../access/roles.js';
import { type Desk, needsCount, stopBanner, stopButton } from './desk.js';
import { type Content, type Html, html } from './html.js';
import { withTimes } from './words.js';

export type Page = {
  /** Stands in the window's title, and above the content. */
  title: string;
  /** Absent: not logged in. */
  actor?: Actor | undefined;
  /** Where in the navigation this page belongs. */
  section?: string;
  /** What needs a person, and what is stopped; absent: it isn't known. */
  desk?: Desk | undefined;
  /** What was just done; told once. */
  notice?: string | undefined;
  /** Why what was asked for wasn't done. */
  refusal?: string | undefined;
  /** Scripts of this page, by file name. */
  scripts?: readonly string[];
  content: Content;
};

/** A new section needs a line here. */
const sections: readonly { name: string; path: string; forOperators?: true }[] = [
  { name: 'Needs you', path: '/status' },
  { name: 'New broadcast', path: '/drafts', forOperators: true },
  { name: 'Runs', path: '/runs' },
  { name: 'Campaigns', path: '/campaigns' },
  { name: 'Recipients', path: '/recipients' },
  { name: 'Suppression list', path: '/suppressions' },
  { name: 'Audit log', path: '/audit' },
  { name: 'Health', path: '/health' },
];

export function layout({ title, actor, section, desk, notice, refusal, scripts = [], content }: Page): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${desk && desk.attention.length > 0 && `(${desk.attention.length}) `}${title} · Siaran</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/siaran.css">
${['page.js', ...scripts].map((file) => html`<script type="module" src="/assets/${file}"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/runs">Siaran</a>
${actor && navigation(actor, section, desk)}
${actor && stopButton(actor, desk)}${actor && whoIsIn(actor)}
</header>
${stopBanner(actor, desk)}
<main id="main" tabindex="-1">
${notice !== undefined && html`<p class="notice done" role="status">${withTimes(notice)}</p>`}
${refusal !== undefined && html`<p class="notice refused" role="alert">${withTimes(refusal)}</p>`}
${actor && html`<p class="notice refused" id="stale" role="status" hidden></p>`}
${content}
</main>
${actor && html`<footer><p>Times are <span id="clock">UTC</span>.</p></footer>`}
${patterns}
</body>
</html>
`.toString()}`;
}

function navigation(actor: Actor, current: string | undefined, desk: Desk | undefined): Html {
  const shown = sections.filter(({ forOperators }) => !forOperators || mayChange(actor));
  return html`<nav aria-label="Sections"><ul>${shown.map(
    ({ name, path }) =>
      html`<li><a href="${path}"${name === current && html` aria-current="page"`}>${name}${path === '/status' && html` ${needsCount(desk)}`}</a></li>`,
  )}</ul></nav>`;
}

function whoIsIn({ name, role, isUser }: Actor): Html {
  return html`<div class="who"><span><b>${name}</b> <span class="role">${role}</span></span>${role === 'owner' && html`<a href="/users">Users</a>`}${isUser && html`<a href="/account">Account</a>`}<a href="/sessions">Sessions</a><form method="post" action="/logout"><button class="quiet">Log out</button></form></div>`;
}

/** For bars and marks: states differ by pattern too, for those who can't tell the colours apart. */
const patterns = html`<svg class="patterns" aria-hidden="true" width="0" height="0"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="ground-failed"/><rect width="2.5" height="6" class="ink-failed"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="ground-unknown"/><circle cx="3" cy="3" r="1.6" class="ink-unknown"/></pattern>
<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" class="ground-cancelled"/><rect width="5" height="1.5" class="ink-cancelled"/></pattern>
</defs></svg>`;
