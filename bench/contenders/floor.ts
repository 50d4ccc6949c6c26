// The floor: rows that are already in memory, made into files, uploaded and sent, and nothing else. No queue, no ledger, no
// check; a crash loses everything. What Siaran takes longer than this is the price of its promise.
import { invoices, type Row } from '../rows.js';
import { answerParent } from './answer.js';
import { broadcastRows, concurrency, openQiscus } from './broadcast-rows.js';
import { chunksOf, InFlight } from './in-flight.js';

const qiscus = openQiscus();
let rows: Row[] = [];

type FloorRequest = { do: 'load'; recipients: number; from: number } | { do: 'send' };

await answerParent(async (request: FloorRequest) => {
  if (request.do === 'load') {
    rows = [...invoices(request.recipients, request.from)];
    return { loaded: rows.length };
  }
  const sending = new InFlight(concurrency);
  let number = 0;
  for (const batch of chunksOf(rows, 1_000)) {
    number += 1;
    await sending.add(broadcastRows(qiscus, `floor ${number}`, batch));
  }
  await sending.done();
  return { sent: rows.length };
});
