// A program that sends single messages with Siaran's library, so many at once, and waits for what comes of each.
import { keepHeapSmall } from '../../../src/cli/keep-heap-small.js';
import { openSiaran } from '../../../src/index.js';
import { answerParent } from '../answer.js';
import { type MessagesRequest, messageOf, messageTemplate, timeMessages } from './time-messages.js';

keepHeapSmall();
const siaran = openSiaran();

await answerParent((request: MessagesRequest) =>
  timeMessages(request, async (row) => {
    const { phoneNumber, variables } = messageOf(row);
    const { status, error } = await siaran.sendMessage({ ...messageTemplate, phoneNumber, variables });
    if (status !== 'scheduled') throw new Error(`a message is ${status}: ${error}`);
  }),
);
