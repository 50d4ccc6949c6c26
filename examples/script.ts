import { openSiaran, SiaranError } from 'siaran';

/** Of your own database; only a bounded part of them is held in memory. */
async function* dueInvoices() {
  yield { phone_number: '6281234567890', customer_name: 'Toko Contoh', body_variable1: 'INV-0001' };
  yield { phone_number: '6281234567891', customer_name: 'Warung Contoh', body_variable1: 'INV-0002' };
}

const siaran = openSiaran();
try {
  const { runId, accepted, rejected } = await siaran.broadcast({
    key: `due-${new Date().toISOString().slice(0, 10)}`, // once a day, however often this script is started
    name: 'Due invoices',
    templateDetailId: 172,
    columns: ['phone_number', 'customer_name', 'body_variable1'],
    recipients: dueInvoices(),
  });
  console.log(`Run ${runId}: ${accepted} accepted, ${rejected} rejected`);

  let outcome: string | null = null;
  for await (const run of siaran.watch(runId)) outcome = run.outcome;
  for (const { id, status, broadcastJobId } of await siaran.batches(runId)) console.log(id, status, broadcastJobId);
  console.log(`It ended ${outcome}.`);
  if (outcome !== 'handed_over') process.exitCode = 1;
} catch (error) {
  if (!(error instanceof SiaranError)) throw error;
  if (error.code === 'RUN_COMPLETE') console.log('They were sent before; nothing was done.');
  else {
    console.error(error.code, error.message, error.retryable ? 'Start the script again.' : '');
    process.exitCode = 1;
  }
} finally {
  await siaran.close();
}
