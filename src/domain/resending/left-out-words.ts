import type { LeftOutReason } from './resend.js';

/** Why somebody is not sent to again, for people. */
export const leftOutWords: Readonly<Record<LeftOutReason, string>> = {
  delivered: 'their message was delivered',
  sent: 'their message was sent, and has neither been delivered nor failed',
  unanswered: 'nothing was told of their message, or not for long enough',
  failed: 'their message failed, and failed ones were not asked for',
  other_code: 'their message failed with another code',
  opted_out: 'they stopped marketing messages (131050)',
  marketing_limit: 'WhatsApp held their message back (131049): they are sent to only if the code is named',
  too_early: 'WhatsApp held their message back (131049) less than 24 hours ago',
  north_america: 'WhatsApp held their message back (131049), and their number begins with +1',
  unknown: 'it is not known whether their batch was sent, or it is being sent',
  not_handed_over: 'their batch was not handed over: retry it',
  resent: 'they were sent to again before',
  refused: 'another run sends to them again, and their batch was refused there: retry it, or cancel that run',
  suppressed: 'they are on the suppression list',
  forgotten: 'they were forgotten',
};
