/** What a failure means and what to do about it, in plain words. */
type FailureMeaning = { meaning: string; advice: string };

/**
 * WhatsApp's codes of messages that fail, in our words. Meta documents them in "Error codes" of the Cloud API; Qiscus passes them
 * on. A code that isn't listed here is shown with the provider's own words.
 */
const meanings: Readonly<Record<number, FailureMeaning>> = {
  // The recipient.
  131026: {
    meaning:
      'WhatsApp could not deliver it: the number has no WhatsApp, an old version, or has not accepted its terms.',
    advice: 'Ask the customer for another number, or reach them by another channel. Sending again seldom helps.',
  },
  131047: {
    meaning: 'More than 24 hours have passed since the customer last wrote, and it was sent as an ordinary message.',
    advice: 'Send a template instead: it needs no open conversation.',
  },
  131049: {
    meaning: 'WhatsApp held it back: this customer has had enough marketing messages for now.',
    advice: 'Send again after 24 hours at the earliest, and to numbers that begin with +1 not at all.',
  },
  131050: {
    meaning: 'The customer has stopped marketing messages from you.',
    advice: 'Do not message them again. Siaran has put the number on the suppression list.',
  },
  130472: {
    meaning: 'The number is part of an experiment of Meta, in which it gets no marketing templates.',
    advice: 'Wait until the customer writes to you, or reach them by another channel. Sending again does not help.',
  },
  131021: {
    meaning: 'The message was addressed to the number that it was sent from.',
    advice: 'Take your own number out of the list.',
  },
  131030: {
    meaning: 'The number is not on the list of numbers that a test number may write to.',
    advice: 'Send through a number that is in use, or add the recipient to the list at Meta.',
  },
  // The template and its values.
  132000: {
    meaning: 'The row has more or fewer values than the template has variables.',
    advice: 'Compare the columns of the file with the variables of the template, then send again.',
  },
  132001: {
    meaning: 'The template does not exist in this language, or is not approved yet.',
    advice: 'Check the template id and its approval at Qiscus, then send again.',
  },
  132005: {
    meaning: 'The text is too long once the values stand in it.',
    advice: 'Shorten the values, or the text of the template, then send again.',
  },
  132007: {
    meaning: 'The text of the template or a value breaks a rule about characters or content.',
    advice: 'Look up the reason in WhatsApp Manager, correct the template, and have it approved again.',
  },
  132012: {
    meaning: 'A value does not have the form that the template wants, such as text in the place of an image.',
    advice: 'Compare the values with the sample of the template, then send again.',
  },
  132015: {
    meaning: 'WhatsApp has paused the template, as too many customers blocked or reported it.',
    advice: 'Improve the template, or use another one. Send again once WhatsApp has ended the pause.',
  },
  132016: {
    meaning: 'WhatsApp has switched the template off for good, as it was paused too often.',
    advice: 'Make a new template with another text and send with that.',
  },
  132018: {
    meaning: 'A value holds something that WhatsApp refuses, such as a line break, a tab or many spaces in a row.',
    advice: 'Correct the values, or let Siaran do it with --values clean, then send again.',
  },
  132068: {
    meaning: 'The flow in the template is blocked.',
    advice: 'Correct the flow in WhatsApp Manager.',
  },
  132069: {
    meaning: 'The flow in the template is throttled: it was opened too often within an hour.',
    advice: 'Wait an hour, and look at the health of the flow in WhatsApp Manager.',
  },
  131008: {
    meaning: 'A value that the template needs is missing.',
    advice: 'Fill in the column in each row, then send again.',
  },
  131009: {
    meaning: 'A value is not valid.',
    advice: 'Compare the values with the sample of the template, then send again.',
  },
  100: {
    meaning: 'A value or a parameter is not one that WhatsApp takes.',
    advice: 'Compare the values with the sample of the template, then send again.',
  },
  131051: {
    meaning: 'WhatsApp does not know this kind of message.',
    advice: 'Check the type of the template and its buttons at Qiscus.',
  },
  131052: {
    meaning: 'A file that a customer sent could not be downloaded.',
    advice: 'Nothing of yours failed. Ask the customer to send it again.',
  },
  131053: {
    meaning: 'The image, video or document of the message could not be taken.',
    advice: 'Check that its address opens without a password and that its type and size are allowed, then send again.',
  },
  // The account.
  131042: {
    meaning: 'The account cannot pay: there is no valid means of payment, or its credit is used up.',
    advice: 'Settle the payment at Meta or Qiscus, then send again.',
  },
  131031: {
    meaning: 'WhatsApp has locked the account, for breaking its rules or a wrong two-step PIN.',
    advice: 'Stop sending and appeal in WhatsApp Manager. Send again once it is unlocked.',
  },
  368: {
    meaning: 'WhatsApp has blocked the account for some time, for breaking its rules.',
    advice: 'Stop sending. WhatsApp Manager says until when, and how to appeal.',
  },
  130497: {
    meaning: 'The account may not message customers in this country.',
    advice: "Leave these numbers out. WhatsApp's policies say which goods may not be advertised where.",
  },
  131037: {
    meaning: "The sender's number has no approved display name.",
    advice: 'Have the display name approved in WhatsApp Manager, then send again.',
  },
  131045: {
    meaning: "The sender's number is not registered correctly.",
    advice: 'Ask Qiscus to register the number again.',
  },
  133010: {
    meaning: "The sender's number is not registered at WhatsApp.",
    advice: 'Ask Qiscus to register the number.',
  },
  131005: {
    meaning: 'The account may not do this: a permission is missing or was withdrawn.',
    advice: 'Ask Qiscus to check the permissions of the channel.',
  },
  190: {
    meaning: 'The access of Qiscus to the account has expired.',
    advice: 'Ask Qiscus to connect the channel anew.',
  },
  // Limits and faults that pass.
  130429: {
    meaning: 'Too many messages went out within a second for the number of the sender.',
    advice: 'Send again later, more slowly: with --pace.',
  },
  131048: {
    meaning: "The sender's number may send less for now, as too many customers blocked or reported its messages.",
    advice: 'Send less, and only to customers who want it. Look at the quality of the number in WhatsApp Manager.',
  },
  131056: {
    meaning: 'Too many messages went to the same customer within a short time.',
    advice: 'Wait some minutes, then send again.',
  },
  80007: {
    meaning: 'The account has reached a limit of requests.',
    advice: 'Send again later, more slowly: with --pace.',
  },
  131000: {
    meaning: 'Something went wrong at WhatsApp, and it does not say what.',
    advice: 'Send again. If it goes on, ask Qiscus.',
  },
  131016: {
    meaning: 'WhatsApp was out of order for a while.',
    advice: 'Send again later.',
  },
  131057: {
    meaning: 'The account is being maintained at Meta.',
    advice: 'Send again some minutes later.',
  },
  135000: {
    meaning: 'WhatsApp could not process the message and does not say why.',
    advice: 'Check the template and its values. If it goes on, ask Qiscus.',
  },
};

/** Whether its meaning is known. */
export function isKnownCode(code: number): boolean {
  return Object.hasOwn(meanings, code);
}

/** `null`: a code that isn't known, or none was told. */
export function meaningOf(code: number | null): FailureMeaning | null {
  return code !== null && isKnownCode(code) ? (meanings[code] ?? null) : null;
}
