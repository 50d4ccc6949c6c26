/**
 * Whether it will do as a name or key: 1 to 200 characters in one line, no control characters among them, as they would break a
 * page, a log or the provider's list, and no half of one. Postgres takes no NUL in a text.
 */
export function isLabel(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text.trim() !== '' &&
    text.length <= 200 &&
    !/\p{Cc}|\p{Cs}|[\u2028\u2029\ufffd]/u.test(text)
  );
}
