import { parseArgs } from 'node:util';
import { startOwnServices } from '../../kill/setting/services.js';
import { start } from '../../support/program.js';
import { tryResults } from './trial.js';

const { values } = parseArgs({
  options: { recipients: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const [recipients, seed] = [Number(values.recipients), Number(values.seed)];

const services = await startOwnServices();
Object.assign(process.env, { SIARAN_TEST_POSTGRES: services.databaseUrl, SIARAN_TEST_REDIS: services.redisUrl });
console.log(`${recipients} recipients, seed ${seed}`);
const wrongs = await tryResults({
  recipients,
  seed,
  runCommand: (args, { env }) => start(args, { env, input: '' }).ended,
  onStep: (line) => console.log(line),
}).finally(() => services.stop());
for (const wrong of wrongs) console.log(`WRONG: ${wrong.slice(0, 1_000)}`);
console.log(wrongs.length === 0 ? 'Everything is as the oracle says.' : `${wrongs.length} things are wrong.`);
process.exit(wrongs.length === 0 ? 0 : 1);
