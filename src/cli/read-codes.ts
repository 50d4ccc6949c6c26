import { UsageError } from '../errors.js';

/** Reads an option that lists WhatsApp's codes, with commas: they have up to nine digits, and some have one. */
export function readCodes(option: string): (text: string) => number[] {
  return (text) => text.split(',').map((word) => readCode(option, word));
}

/** The same where `none` stands for failures without a code. */
export function readCodesOrNone(option: string): (text: string) => (number | 'none')[] {
  return (text) => text.split(',').map((word) => (word.trim() === 'none' ? 'none' : readCode(option, word)));
}

function readCode(option: string, word: string): number {
  if (/^\s*\d{1,9}\s*$/.test(word)) return Number(word);
  throw new UsageError(`${option} has ${JSON.stringify(word.slice(0, 40))}; write codes such as 131026,131049.`);
}
