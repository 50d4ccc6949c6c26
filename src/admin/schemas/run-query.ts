import * as z from 'zod';
import { runKinds, runStates } from '../../store/views/run-list.js';
import { date, optional } from './audit.js';

/** Which runs are asked for. */
export const runQuery = {
  state: optional(z.enum(runStates)).describe('how they stand; unknown and refused: they have such batches'),
  name: optional(z.string().max(200)).describe('a part of their name'),
  account: optional(z.string().max(40)),
  campaign: optional(z.string().max(200)).describe('the campaign that started them'),
  kind: optional(z.enum(runKinds)).describe('broadcasts, or single messages that programs sent'),
  since: optional(date).describe('begun from then on'),
  until: optional(date).describe('begun before then'),
};
