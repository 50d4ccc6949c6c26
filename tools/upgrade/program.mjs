// A program that uses the library of one build, whose folder is the argument. It calls what it is told to by messages, and answers
// each with what came of it. Recipients are told as { from, count, rest? }; before the last `rest` of them it waits for 'go on'.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { openSiaran } = await import(pathToFileURL(join(process.argv[2], 'dist', 'program', 'index.js')).href);
const siaran = openSiaran();

const calls = {
  broadcast: (request) => siaran.broadcast({ ...request, recipients: rows(request.recipients) }),
  enqueue: (runId, recipients, options) => siaran.enqueue(runId, rows(recipients), options),
};

async function* rows({ from, count, rest = 0 }) {
  for (let index = from; index < from + count; index += 1) {
    if (rest > 0 && index === from + count - rest) {
      process.send('waiting');
      await once(process, 'go on');
    }
    yield {
      phone_number: `62812${10_000_000 + index}`,
      customer_name: `Customer ${index}`,
      body_variable1: `INV-${index}`,
    };
  }
}

process.on('message', async ({ id, call, args }) => {
  if (call === 'go on') return process.emit('go on');
  try {
    const answer = await (calls[call] ?? siaran[call].bind(siaran))(...args);
    process.send({ id, answer: answer ?? null });
  } catch (error) {
    process.send({ id, error: `${call}: ${error.code}: ${error.message}` });
  }
  if (call === 'close') process.disconnect();
});
// It doesn't outlive who started it.
process.once('disconnect', () => process.exit());
process.send('ready');
