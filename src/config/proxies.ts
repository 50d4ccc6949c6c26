import { BlockList, isIP } from 'node:net';

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

/**
 * The proxy on the way to an address. None to this machine, nor to what `NO_PROXY` names: a host, a domain with all below it, each
 * with a port if only that one is meant, a range of addresses such as 10.0.0.0/8, or `*`.
 */
export function proxyTo(address: string, { http, https, except }: Proxies): string | undefined {
  const { protocol, hostname, port } = new URL(address);
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(name)) return undefined;
  // The URL leaves out the port that its protocol has by default.
  const itsPort = port || (protocol === 'https:' ? '443' : '80');
  if (except.some((entry) => covers(entry.toLowerCase(), name, itsPort))) return undefined;
  return protocol === 'https:' ? https : http;
}

function covers(entry: string, name: string, port: string): boolean {
  if (entry === '*') return true;
  const [, host = entry, only] = (isIP(entry) === 6 ? undefined : /^(.+):(\d+)$/.exec(entry)) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = host.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return name === domain || (isIP(name) === 0 ? name.endsWith(`.${domain}`) : isInRange(name, domain));
}

function isInRange(address: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const [family, most] = isIP(network) === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
  if (isIP(network) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
