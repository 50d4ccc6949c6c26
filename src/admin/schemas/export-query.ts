import * as z from 'zod';
import { messageFates } from '../../pipeline/views/export-run.js';

/** Several words with commas between them. */
const list = z
  .string()
  .max(1_000)
  .transform((text) => text.split(',').map((word) => word.trim()));

const code = z
  .string()
  .regex(/^(\d{1,9}|none)$/)
  .transform((text) => (text === 'none' ? text : Number(text)));

/** Which recipients of a run are asked for, by what became of their messages. */
export const exportQuery = {
  status: list
    .pipe(z.array(z.enum(messageFates)))
    .optional()
    .describe(`only those whose message is one of these, with commas: ${messageFates.join(', ')}`),
  code: list
    .pipe(z.array(code))
    .optional()
    .describe(
      "only those whose message failed with one of these of WhatsApp's codes, or none for no code, with commas",
    ),
};
