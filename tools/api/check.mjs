// Checks docs/reference/openapi.json, which a test keeps equal to what the server serves: Redocly and Spectral find nothing in
// it, and the types that the tests' client has are those of the document. Nothing here asks the network.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeTypes, typesFile } from './types.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const document = '../../docs/reference/openapi.json';
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** What a checker writes is shown only if it finds something. */
function check(name, file, ...given) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`node_modules/${file}`, ...given], {
    ...{ cwd: here, env, encoding: 'utf8', timeout: 120_000 },
  });
  // Redocly ends well where it only warns.
  const isClean = status === 0 && !/\bwarnings?\.?$/m.test(stderr);
  console.log(`${name}: ${isClean ? 'nothing found' : 'FAILED'}`);
  if (!isClean) console.log(stdout + stderr);
  return isClean;
}

const clean = [
  check('Redocly', '@redocly/cli/bin/cli.js', 'lint', '--config', 'redocly.yaml', document),
  check(
    'Spectral',
    '@stoplight/spectral-cli/dist/index.js',
    'lint',
    '--fail-severity=hint',
    '--ruleset',
    '.spectral.yaml',
    document,
  ),
];
const isFresh = readFileSync(typesFile, 'utf8') === (await makeTypes());
console.log(isFresh ? 'Types: up to date' : 'Types: stale; `npm run api-document` makes them anew');
process.exitCode = clean.every(Boolean) && isFresh ? 0 : 1;
