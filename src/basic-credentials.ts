/**
 * What a URL says of who asks, as a header of HTTP's Basic scheme (RFC 7617).
 * @returns `undefined`: the URL names nobody
 */
export function basicCredentials({ username, password }: Pick<URL, 'username' | 'password'>): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
