export const columns = ['phone_number', 'customer_name', 'body_variable1', 'body_variable2', 'body_variable3'] as const;
export type Row = Record<(typeof columns)[number], string>;

/** Where the numbers of rows begin that only warm a process up, far from those that count. */
export const warmUpFrom = 80_000_000;

const given = ['Budi', 'Siti', 'Agus', 'Dewi', 'Eko', 'Putri', 'Rizky', 'Wulan', 'Hendra', 'Ratna', 'Joko', 'Lestari'];
const family = ['Santoso', 'Rahayu', 'Wijaya', 'Hartono', 'Permata', 'Nugroho', 'Kusuma', 'Anggraini', 'Saputra'];

/** Invoices to remind of, each with a number of its own, made one by one: a million of them never stand in memory. */
export function* invoices(count: number, from = 0): Generator<Row> {
  for (let index = from; index < from + count; index += 1) yield invoice(index);
}

function invoice(index: number): Row {
  return {
    phone_number: phoneNumber(index),
    customer_name: `${given[index % given.length]} ${family[index % family.length]}`,
    body_variable1: `INV-2026-${String(index).padStart(8, '0')}`,
    body_variable2: `Rp ${1 + (index % 9)}.${100 + (index % 900)}.${100 + ((index * 7) % 900)}`,
    body_variable3: `${1 + (index % 28)} Desember 2026`,
  };
}

const numbers = 90_000_000;
/** Has no divisor in common with `numbers`, so that every index has a number of its own; about the golden section of it. */
const stride = 55_623_059;

/** An Indonesian mobile number. They come in no order, as customers' do: indexes are filled all over. */
function phoneNumber(index: number): string {
  return `62812${10_000_000 + ((index * stride) % numbers)}`;
}

/**
 * A run's buffer in Redis takes 100,000 rows, and a producer that has filled it waits for a worker. Where none is at work,
 * recipients are therefore spread over as many runs (for the others: lists, queues) as it takes.
 */
export function spread(recipients: number, most = 90_000): { from: number; count: number }[] {
  return Array.from({ length: Math.ceil(recipients / most) }, (_, at) => ({
    from: at * most,
    count: Math.min(most, recipients - at * most),
  }));
}
