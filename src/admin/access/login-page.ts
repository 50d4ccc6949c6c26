import { html } from '../html/html.js';
import { layout } from '../html/layout.js';
import { openIdPath } from '../openid/provider.js';

const home = '/runs';

/** Where to go after logging in: a page of ours, and of nobody else. */
export function ownPath(next: string | undefined): string {
  const here = 'http://here.invalid';
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, here)) return home;
  const { origin, pathname, search } = new URL(next, here);
  if (origin !== here || pathname.startsWith('//') || pathname === '/login') return home;
  return pathname + search;
}

/** Goes on by itself, as a step of this site: with it the browser sends the cookies that it keeps back from other sites. */
export function onward(next: string): string {
  return layout({
    title: 'One moment',
    content: html`<meta http-equiv="refresh" content="0; url=${next}"><h1>One moment</h1><p><a href="${next}">Go on</a></p>`,
  });
}

type Shown = {
  fault?: string;
  /** As it was written. */
  name?: string;
  /** Where people may come in by OpenID Connect. */
  provider?: string | undefined;
  /** Whether they are in, and have to show once more who they are. */
  isAgain?: boolean;
  /** Whether they came in by a link that a process printed, and have nothing else to show. */
  isByLink?: boolean;
};

/** Why somebody can't show again who they are, and what they can do, as a program is told. */
export const linkIsOld = "You came in by a link. It shows who you are for 15 minutes only, and can't be used again.";
export const insteadOfLink =
  'Make yourself a user, with a password: siaran user invite NAME --role owner. Or stop siaran admin and start it again: it prints another link.';

function askedAgain(isByLink: boolean) {
  const why = isByLink
    ? html`${linkIsOld} Make yourself a user, with a password: <code>siaran user invite NAME --role owner</code>. Or stop <code>siaran admin</code> and start it again: it prints another link.`
    : html`It concerns how people come in, so show again who you are: you did so more than 15 minutes ago.`;
  return html`<p class="notice" role="status">Nothing was done yet. ${why} Then do it once more.</p>`;
}

export function loginPage(
  next: string,
  { fault, name = '', provider, isAgain = false, isByLink = false }: Shown = {},
): string {
  return layout({
    title: 'Log in',
    content: html`<h1>Log in${isAgain && ' again'}</h1>
<form class="login" method="post" action="/login">
${isAgain && askedAgain(isByLink)}
${fault !== undefined && html`<p class="notice refused" id="fault" role="alert">${fault}</p>`}
${
  provider !== undefined &&
  html`<p><a class="button primary" href="${openIdPath}/begin?${isAgain && 'again=yes&'}next=${encodeURIComponent(next)}">Log in with ${provider}</a></p><p class="faint">Or with a password or a token:</p>`
}
<input type="hidden" name="next" value="${next}">
<label for="name">Your name <span class="faint">(empty, if you have a token only)</span></label>
<input id="name" name="name" value="${name}" autocomplete="username" spellcheck="false" maxlength="40" autofocus>
<label for="token">Your password or token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required${
      fault !== undefined && html` aria-invalid="true" aria-describedby="fault"`
    }>
<label for="code">Code from your app <span class="faint">(empty, if you have not set it up)</span></label>
<input id="code" name="code" autocomplete="one-time-code" spellcheck="false" maxlength="100">
<p class="hint">An owner invites you; if you have lost your telephone, write a recovery code as the code. A token is in SIARAN_ADMIN_TOKEN; where none is set, siaran admin has printed a link that lets you in. You stay logged in for 12 hours at most, and for an hour in which you do nothing.</p>
<button class="primary">Log in</button>
</form>`,
  });
}
