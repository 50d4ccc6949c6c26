// The provider's own time: the same calls by the same client, and nothing else. A crash forgets who was messaged.
import { answerParent } from '../answer.js';
import { openQiscus } from '../broadcast-rows.js';
import { callMessage, type MessagesRequest, timeMessages } from './time-messages.js';

const qiscus = openQiscus();

await answerParent((request: MessagesRequest) => timeMessages(request, (row) => callMessage(qiscus, row)));
