/** Whether no half of a character (a lone surrogate) stands in it, which UTF-8 can't carry. */
export function isWellFormed(text: string): boolean {
  // In Node since 20; the compiler's library for ES2023 doesn't list it.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
