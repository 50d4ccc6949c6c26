import { type AdminRig, type Answer, tokens } from '../support/admin.js';

/** Those who open the pages of an admin with a browser. What they ask is an operator's, unless another cookie or none is given. */
export type Visitors = {
  /** The cookies of an operator and of a viewer. */
  operator: string;
  viewer: string;
  logIn(token: string): Promise<string>;
  get(path: string, cookie?: string): Promise<Answer>;
  post(path: string, form: Record<string, string>, cookie?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Answers the question of a page, with what stands hidden in it. */
  confirm(path: string, form?: Record<string, string>): Promise<Answer>;
};

export async function openVisitors(rig: AdminRig): Promise<Visitors> {
  const cookies = { operator: '', viewer: '' };
  const get: Visitors['get'] = (path, cookie = cookies.operator) =>
    rig.ask('GET', path, { token: null, headers: { Accept: 'text/html', Cookie: cookie } });
  const post: Visitors['post'] = (path, form, cookie = cookies.operator, headers = {}) =>
    rig.ask('POST', path, {
      token: null,
      body: String(new URLSearchParams(form)),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'text/html',
        Cookie: cookie,
        Origin: rig.url,
        ...headers,
      },
    });
  const logIn: Visitors['logIn'] = async (token) => cookieOf(await post('/login', { token }, ''), 'siaran_session');
  const confirm: Visitors['confirm'] = async (path, form = {}) =>
    post(path, { ifState: 'none', ...hiddenIn(await get(path)), ...form });
  cookies.operator = await logIn(tokens.operator);
  cookies.viewer = await logIn(tokens.viewer);
  return { ...cookies, logIn, get, post, confirm };
}

export function cookieOf(answer: Answer, name: string): string {
  const found = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`));
  return found?.split(';')[0] ?? '';
}

/** What stands hidden in the form of a page: the state that its reader saw. */
export function hiddenIn({ text }: Answer): Record<string, string> {
  const fields = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

/** What a browser would send of the form of a page that has a field of this name, as it stands. */
export function formIn({ text }: Answer, field: string): Record<string, string> {
  const form = text.split('<form').find((part) => part.includes(`name="${field}"`)) ?? '';
  const [whole = ''] = form.split('</form>');
  const sent: Record<string, string> = {};
  for (const [, tag = ''] of whole.matchAll(/<input ([^>]*)>/g)) {
    const isLeftOut = /type="(?:checkbox|radio)"/.test(tag) && !/ checked/.test(tag);
    if (!isLeftOut) sent[attribute(tag, 'name')] = attribute(tag, 'value');
  }
  for (const [, name = '', options = ''] of whole.matchAll(/<select [^>]*name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const chosen = /<option ([^>]*) selected>/.exec(options) ?? /<option ([^>]*)>/.exec(options);
    sent[name] = attribute(chosen?.[1] ?? '', 'value');
  }
  for (const [, name = '', value = ''] of whole.matchAll(/<textarea [^>]*name="(\w+)"[^>]*>([\s\S]*?)<\/textarea>/g))
    sent[name] = plainText(value);
  return sent;
}

function attribute(tag: string, name: string): string {
  return plainText(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function plainText(escaped: string): string {
  return escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
