import { isIP } from 'node:net';

/** The proxies that the environment names, as curl and Go read it. */
export type Proxies = Readonly<{ http: string | undefined; https: string | undefined; except: readonly string[] }>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, each also in small letters, which count more. `faults` is a sentence for each
 * that can't be used; a password in it is not shown.
 */
export function readProxies(given: Readonly<Record<string, string | undefined>>): {
  proxies: Proxies;
  faults: string[];
} {
  const faults: string[] = [];
  const read = (name: string): string | undefined => {
    const text = (given[name.toLowerCase()] ?? given[name])?.trim();
    if (text === undefined) return undefined;
    const address = text.includes('://') ? text : `http://${text}`;
    if (URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol)) return address;
    faults.push(`${name} is not the address of a proxy; for example http://proxy.example.com:3128`);
    return undefined;
  };
  const except = (given.no_proxy ?? given.NO_PROXY ?? '').split(/[\s,]+/).filter((host) => host !== '');
  return { proxies: { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY'), except }, faults };
}

/** The proxy on the way to an address. None to this machine, nor to what `NO_PROXY` names: a host, a domain with all below it, `*`. */
export function proxyTo(address: string, { http, https, except }: Proxies): string | undefined {
  const { protocol, hostname, host } = new URL(address);
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(name)) return undefined;
  if (except.some((entry) => covers(entry.toLowerCase(), name, host.toLowerCase()))) return undefined;
  return protocol === 'https:' ? https : http;
}

function covers(entry: string, name: string, host: string): boolean {
  const domain = entry.replace(/^\*?\./, '');
  return entry === '*' || name === domain || host === entry || (isIP(name) === 0 && name.endsWith(`.${domain}`));
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
