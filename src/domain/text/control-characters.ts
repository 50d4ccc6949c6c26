/**
 * What makes a terminal do something rather than show a letter: C0, DEL, C1, and what turns the direction of writing round, so that a
 * text reads as another one, and what Unicode has for the ends of lines and paragraphs. Tabs and line ends are none.
 */
const controls = /(?![\t\n]|\r\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** The text with control characters written as JSON writes them, such as `\u001b`. In JSON itself that changes no value. */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
