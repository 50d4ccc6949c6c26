import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config.js';
import { proxyTo, readProxies } from '../../src/config/proxies.js';

const given = { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'plain-proxy:8080' };
const to = (address: string, more: Record<string, string> = {}) =>
  proxyTo(address, readProxies({ ...given, ...more }).proxies);

describe('the proxy to an address', () => {
  it('is that of its scheme', () => {
    expect(to('https://multichannel.qiscus.com')).toBe('http://proxy:3128');
    expect(to('http://qiscus.example')).toBe('http://plain-proxy:8080');
    expect(proxyTo('https://multichannel.qiscus.com', readProxies({}).proxies)).toBeUndefined();
  });

  it('is read in small letters too, which count more', () => {
    expect(to('https://qiscus.example', { https_proxy: 'http://other:1' })).toBe('http://other:1');
  });

  it.each([
    ['qiscus.example', 'https://qiscus.example', true],
    ['qiscus.example', 'https://api.qiscus.example', true],
    ['.qiscus.example', 'https://qiscus.example', true],
    ['*.qiscus.example', 'https://api.qiscus.example', true],
    ['QISCUS.example', 'https://qiscus.example:8443', true],
    ['qiscus.example:8443', 'https://qiscus.example:8443', true],
    ['qiscus.example:8443', 'https://qiscus.example', false],
    ['qiscus.example:443', 'https://qiscus.example', true],
    ['qiscus.example:443', 'https://api.qiscus.example/path', true],
    ['qiscus.example:80', 'http://qiscus.example', true],
    ['qiscus.example:443', 'http://qiscus.example', false],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['2001:db8::1', 'https://[2001:db8::1]:8443', true],
    ['10.0.0.0/8', 'https://10.20.30.40', true],
    ['10.0.0.0/8', 'https://11.20.30.40', false],
    ['10.0.0.0/33', 'https://10.20.30.40', false],
    ['2001:db8::/32', 'https://[2001:db8::9]', true],
    ['10.0.0.0/8', 'https://qiscus.example', false],
    ['qiscus.example', 'https://notqiscus.example', false],
    ['a, 10.0.0.1  b', 'https://10.0.0.1', true],
    ['0.0.1', 'https://10.0.0.1', false],
    ['*', 'https://qiscus.example', true],
    ['', 'http://localhost:9090', true],
    ['', 'http://127.0.0.2', true],
    ['', 'http://[::1]:80', true],
    ['', 'http://127.example', false],
  ])('with NO_PROXY=%s to %s is none: %s', (NO_PROXY, address, isNone) => {
    expect(to(address, { NO_PROXY }) === undefined).toBe(isNone);
  });

  it('that is no address is told without its password', () => {
    const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
    expect(() => parseConfig({ ...env, HTTPS_PROXY: 'socks5://u:hunter2@proxy' })).toThrow(
      /^The configuration is not usable:\n {2}HTTPS_PROXY is not the address of a proxy; for example http:\/\/proxy.example.com:3128$/,
    );
  });
});
