import { totpAddress } from '../../domain/people/totp.js';
import type { FoundUser } from '../../store/admin-users.js';
import { type Content, type Html, html } from '../html/html.js';
import { facts } from '../html/parts.js';
import { qrCode } from '../html/qr-code.js';
import { time } from '../html/words.js';
import { secretField } from './parts.js';
import { chosenPassword, passwordRules, presentPassword } from './password-fields.js';

/** @param left how many recovery codes they have @param needsCodes whether a password has to have codes here */
export function accountContent(
  { name, role, email, password, totpSince }: FoundUser,
  left: number,
  needsCodes: boolean,
): Html {
  const isMissing = needsCodes && password !== null && totpSince === null;
  return html`<h1>Your account</h1>${isMissing && html`<p class="notice" role="status">Here each password needs a code. Set up codes below: until then a browser in which you log in by your password shows nothing but this page.</p>`}${facts(
    [
      ['Name', name],
      ['Role', role],
      ['E-mail address', email],
      ['Codes', totpSince !== null && html`on since ${time(totpSince.toISOString())}; ${left} recovery codes are left`],
    ],
  )}${password !== null && passwordSection()}<section><h2>Codes for your password</h2>${totpSince === null ? switchOn(password !== null) : switchOff(needsCodes)}</section>`;
}

function passwordSection(): Html {
  return html`<section><h2>Another password</h2><form class="question" method="post" action="/account/password"><p class="field">${presentPassword('present', 'The password that you have')}</p><p class="field">${chosenPassword('chosen', 'Another one')}</p><p class="field">${chosenPassword('again', 'The same again')}</p>${passwordRules}<p class="buttons"><button>Change the password</button></p></form></section>`;
}

function switchOn(hasPassword: boolean): Content {
  if (!hasPassword)
    return html`<p class="empty">You have no password, so there is nothing for a code to be asked with.</p>`;
  return html`<p>An app on your telephone shows another code every 30 seconds. With codes on, your password alone lets nobody in.</p><form class="question" method="post" action="/account/totp"><p class="field">${presentPassword('password', 'Your password')}</p><p class="buttons"><button class="primary">Set up codes</button></p></form>`;
}

function switchOff(needsCodes: boolean): Content {
  return html`<form class="question" method="post" action="/account/totp/codes">${codeField('code', 'A code, to get new recovery codes')}<p class="hint">Those that you have stop working then.</p><p class="buttons"><button>Make recovery codes</button></p></form>${!needsCodes && html`<form class="question" method="post" action="/account/totp/off">${codeField('off', 'A code, to switch codes off')}<p class="buttons"><button class="danger">Switch codes off</button></p></form>`}`;
}

/** The secret as a picture and as text, this once, and a form for the first code. */
export function setUpContent(name: string, secret: string): Html {
  const address = totpAddress(secret, name);
  return html`<p class="trail"><a href="/account">Your account</a></p><h1>Set up codes</h1>
<section><h2>1. Tell your app</h2><p>Scan this picture with it, or copy the secret.</p>${qrCode(address, 'QR code of the secret below')}${secretField('secret', 'The secret', secret)}<p class="hint words"><code>${address}</code></p></section>
<section><h2>2. Show that it works</h2>${confirmForm()}</section>`;
}

/** After a wrong code: the secret is shown once. */
export function againContent(): Html {
  return html`<p class="trail"><a href="/account">Your account</a></p><h1>Set up codes</h1>${confirmForm()}<p class="hint">The secret is not shown again. If your app does not have it, <a href="/account">begin again</a>.</p>`;
}

function confirmForm(): Html {
  return html`<form class="question" method="post" action="/account/totp/confirm">${codeField('code', 'The code that it shows')}<p class="buttons"><button class="primary">Switch codes on</button></p></form>`;
}

/** Shown once. */
export function recoveryContent(codes: readonly string[]): Html {
  return html`<p class="trail"><a href="/account">Your account</a></p><h1>Recovery codes</h1><p>Each of them lets you in once in the place of a code, if you lose your telephone. They are shown this once: keep them where nobody else reads them. Your other browsers were logged out when codes were switched on.</p><ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul><p><a class="button" href="/account">I have kept them</a></p>`;
}

function codeField(id: string, label: string): Html {
  return html`<p class="field"><label for="${id}">${label}</label> <input id="${id}" name="code" autocomplete="one-time-code" required maxlength="100" spellcheck="false"></p>`;
}
