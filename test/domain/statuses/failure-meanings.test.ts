import { expect, test } from '@jest/globals';
import { meaningOf } from '../../../src/domain/statuses/failure-meanings.js';

/** What somebody has to hear of each, and what they are to do then. Meta documents the codes. */
test.each([
  [131026, /could not deliver it: the number has no WhatsApp/, /another number/],
  [131049, /had enough marketing messages/, /after 24 hours at the earliest/],
  [131050, /stopped marketing messages/, /Do not message them again/],
  [132000, /more or fewer values than the template has variables/, /Compare the columns/],
  [132001, /template does not exist in this language, or is not approved/, /template id and its approval/],
  [132015, /paused the template/, /use another one/],
  [132016, /switched the template off for good/, /new template/],
  [130429, /Too many messages went out within a second/, /later, more slowly: with --pace/],
  [131048, /may send less for now/, /Send less/],
  [131042, /cannot pay/, /Settle the payment/],
])('%i says what happened, and what to do', (code, meaning, advice) => {
  expect(meaningOf(code)).toEqual({
    meaning: expect.stringMatching(meaning),
    advice: expect.stringMatching(advice),
  });
});

test('a code that nobody knows, or none, has no meaning of ours', () => {
  for (const code of [999_999, null]) expect(meaningOf(code)).toBeNull();
});
