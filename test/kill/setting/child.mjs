// A process that has loaded Siaran and waits, warm, until it is told what to be: then recovery needs no start-up.
const built = (path) => import(new URL(`../../../dist/program/${path}`, import.meta.url).href);
const { runProgram } = await built('program.js');
const { openSiaran } = await built('index.js');

process.on('disconnect', () => process.exit(1));
process.once('message', async ({ role, env, request }) => {
  Object.assign(process.env, env);
  process.send({ kind: 'started' });
  if (role === 'worker') return runProgram(['worker']);
  const siaran = openSiaran();
  try {
    const { count, from, call, ...run } = request;
    if (role === 'operator') await siaran[call[0]](...call[1]);
    else await siaran.broadcast({ ...run, recipients: invoices(count, from) });
    process.send({ kind: 'done' });
  } catch (error) {
    process.send({ kind: 'failed', code: error.code ?? '', message: error.message });
  }
  await siaran.close();
  process.disconnect();
});
process.send({ kind: 'ready' });

function* invoices(count, from) {
  for (let index = from; index < from + count; index += 1) {
    const number = `62812${String(10_000_000 + index)}`;
    yield { phone_number: number, customer_name: `Customer ${index}`, body_variable1: `INV-${index}` };
  }
}
