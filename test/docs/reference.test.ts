import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { problemOf } from '../../src/admin/problem.js';
import { exitCodes } from '../../src/cli/terminal/failure.js';
import { parseConfig } from '../../src/config/config.js';
import * as siaran from '../../src/index.js';
import { Siaran } from '../../src/library/siaran.js';
import { openCallbackMeters } from '../../src/monitoring/callback-meters.js';
import { openGauges } from '../../src/monitoring/gauges.js';
import { openLoginMeters } from '../../src/monitoring/login-meters.js';
import { openMeters } from '../../src/monitoring/meters.js';
import { run } from '../cli/siaran.js';
import { namesIn, readPage, root, rowsOf } from './markdown.js';

/** The text of every source file of these folders. */
async function sources(...folders: string[]): Promise<string> {
  const texts: string[] = [];
  for (const folder of folders) {
    const names = await readdir(`${root}/${folder}`, { recursive: true });
    const wanted = names.filter((name) => name.endsWith('.ts') && !name.startsWith('generated'));
    texts.push(...(await Promise.all(wanted.map((name) => readFile(`${root}/${folder}/${name}`, 'utf8')))));
  }
  return texts.join('\n');
}

function allMatches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();
}

const given = { DATABASE_URL: 'postgres://siaran@localhost:5432/siaran', REDIS_URL: 'redis://localhost:6379' };

test('every variable that the program reads has a row in the reference, and nothing else has', async () => {
  const read = allMatches(
    await sources('src', 'workers'),
    /\b((?:SIARAN|QISCUS|OTEL)_[A-Z_]+|(?:HTTPS?|NO)_PROXY|DATABASE_URL|REDIS_URL|LOG_LEVEL)\b/g,
  );
  const told = rowsOf(await readPage('docs/reference/configuration.md'), 'variable').flatMap(([names = '']) =>
    namesIn(names),
  );
  expect([...told].sort()).toEqual(read);
});

test('a default that the reference tells changes nothing when it is set', async () => {
  // Without an endpoint nothing of OpenTelemetry counts.
  const base = { ...given, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  const rows = rowsOf(await readPage('docs/reference/configuration.md'), 'variable');
  const defaults = rows.flatMap(([names = '', shown = '']) =>
    namesIn(names).flatMap((name) => namesIn(shown).map((value) => [name, value] as const)),
  );
  for (const [name, value] of defaults)
    expect([name, parseConfig({ ...base, [name]: value })]).toEqual([name, parseConfig(base)]);
  expect(defaults.length).toBeGreaterThan(15);
});

test('every code that an error can have has a row in the reference, and nothing else has', async () => {
  const source = await sources('src', 'workers');
  const thrown = [
    ...allMatches(source, /(?:SiaranError|RunStateError|super|problem)\(\s*(?:\d+,\s*)?'([A-Z_]+)'/g),
    ...allMatches(/type RunStateCode =([^;]*);/.exec(source)?.[1] ?? '', /'([A-Z_]+)'/g),
    ...allMatches(source, /(?:status(?:Code)?: \d+,\s*code:|code \?\?|error\.code :) '([A-Z_]+)'/g),
  ];
  const told = rowsOf(await readPage('docs/reference/errors.md'), 'code').flatMap(([names = '']) => namesIn(names));
  expect([...told].sort()).toEqual([...new Set(thrown)].sort());
});

test('an error has the class and the status over HTTP that the reference tells', async () => {
  const rows = rowsOf(await readPage('docs/reference/errors.md'), 'code').filter((cells) => cells.length === 4);
  expect(rows.length).toBeGreaterThan(25);
  for (const [names = '', className = '', status] of rows) {
    const [code = ''] = namesIn(names);
    expect([code, problemOf(new siaran.SiaranError(code, '')).status]).toEqual([
      code,
      status === '–' ? 500 : Number(status),
    ]);
    const [name] = namesIn(className);
    const Class =
      name === undefined ? undefined : (siaran as unknown as Record<string, typeof siaran.SiaranError>)[name];
    expect([code, name, Class?.prototype instanceof Error]).toEqual([code, name, true]);
  }
});

test('every metric has a row in the reference, with its labels, and nothing else has', async () => {
  const registry = new Registry();
  openMeters(registry);
  openGauges(registry);
  openCallbackMeters(registry);
  openLoginMeters(registry);
  const metrics = registry.getMetricsAsArray().map((metric) => {
    const { name, labelNames = [] } = metric as typeof metric & { labelNames?: readonly string[] };
    return [name, [...labelNames].sort().join()];
  });
  const rows = rowsOf(await readPage('docs/reference/metrics.md'), 'metric');
  const told = rows.map(([name = '', labels = '']) => [namesIn(name)[0], namesIn(labels).sort().join()]);
  expect(told.sort()).toEqual(metrics.sort());
});

test('the exit codes of the reference are those of the program', async () => {
  const rows = rowsOf(await readPage('docs/reference/exit-codes.md'), 'code').map(([code]) => code);
  expect(rows).toEqual([...Object.values(exitCodes).map(String), '128 + signal']);
});

test('every method of the library is told of in its guide', async () => {
  const methods: string[] = [];
  for (let at: object | null = Siaran.prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    methods.push(...Object.getOwnPropertyNames(at));
  const text = await readPage('docs/guides/library.md');
  const told = methods.filter((name) => name === 'constructor' || new RegExp(`[.\`]${name}\\b`).test(text));
  expect(told.sort()).toEqual(methods.sort());
  expect(methods.length).toBeGreaterThan(30);
});

test('every command has a row in the guide, and nothing else has', async () => {
  const { stdout } = await run(['--help']);
  const known = allMatches(stdout, /^ {2}([a-z][a-z-]*) (?:\[|<| {2})/gm);
  const rows = rowsOf(await readPage('docs/guides/command-line.md'), 'command');
  const told = rows.flatMap(([cell = '']) => namesIn(cell)).map((name) => name.split(' ')[0] ?? '');
  const parts = new Set(['edit', 'list', 'show', 'versions', 'fire', 'remove', 'import']);
  expect([...new Set(told.filter((name) => !parts.has(name)))].sort()).toEqual(known.filter((name) => name !== 'help'));
});
