// A program that broadcasts with Siaran's library, and can be asked how its run ended.
import { keepHeapSmall } from '../../src/cli/keep-heap-small.js';
import { openSiaran } from '../../src/index.js';
import { invoices } from '../rows.js';
import { answerParent, runSettings } from './answer.js';
import { messageTemplate } from './messages/time-messages.js';

export type ProducerRequest =
  | { do: 'broadcast'; key: string; recipients: number; from: number; individual?: boolean }
  | { do: 'view'; runId: string };

// As the command `siaran` has it, whose `send` is the producer of most: memory is to be compared, not V8's laziness.
keepHeapSmall();
const siaran = openSiaran();

await answerParent(async (request: ProducerRequest) => {
  if (request.do === 'view') return siaran.run(request.runId);
  const { key, recipients, from, individual } = request;
  const ofMessages = individual ? ({ ...messageTemplate, delivery: 'individual' } as const) : {};
  const { id } = await siaran.startRun({ ...runSettings, ...ofMessages, key });
  const { accepted } = await siaran.enqueue(id, invoices(recipients, from), { source: 'bench' });
  await siaran.seal(id);
  return { runId: id, accepted };
});
