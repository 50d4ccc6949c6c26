/** Whether it will do as a name or key. Postgres takes no NUL in a text. */
export function isLabel(text: unknown): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= 200 && !text.includes('\0');
}
