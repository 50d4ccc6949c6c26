import { Doubts } from './doubts.js';
import type { RecipientReading } from './recipient.js';
import { RejectionReasons } from './rejection-reasons.js';

/** What the rows of a list come to, before any of them is taken. */
export type Survey = { accepted: number; rejected: number; doubts: Doubts; reasons: RejectionReasons };

export function startSurvey(): Survey {
  return { accepted: 0, rejected: 0, doubts: new Doubts(), reasons: new RejectionReasons() };
}

/** Counts the next row. */
export function surveyRow(survey: Survey, reading: RecipientReading): void {
  if (reading.ok) {
    survey.accepted += 1;
    survey.doubts.add(reading.doubts);
    return;
  }
  survey.rejected += 1;
  survey.reasons.add(survey.accepted + survey.rejected, reading.reason);
}
