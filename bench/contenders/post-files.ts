// Posts the CSV files of a folder, as a script does that somebody has written in an hour: it reads each, uploads it and sends it.
// A crash leaves nobody the wiser which of them went out.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concurrency, openQiscus, sendFile } from './broadcast-rows.js';
import { InFlight } from './in-flight.js';

const qiscus = openQiscus();
const [dir = '.'] = process.argv.slice(2);
const sending = new InFlight(concurrency);
for (const name of await readdir(dir))
  await sending.add(readFile(join(dir, name)).then((csv) => sendFile(qiscus, name, csv)));
await sending.done();
// Connections that are kept would hold it for a while.
process.exit();
