import { z } from 'zod';

export const instant = z.string().describe('ISO 8601 in UTC');
export const count = z.number().int().min(0);
