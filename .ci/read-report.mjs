// What Jest's reports say: of all tests, and of those files that were run again as a test of theirs had failed.
//   files REPORT           the files with a failure, a line each
//   counts REPORT [AGAIN]  how many passed and how many failed
//   failures REPORT [AGAIN]  what failed, and why; and what failed only once
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const linesOfOne = 25;
const [asked, ...reports] = process.argv.slice(2);
const [first, again] = reports.map(read);

if (first === undefined) process.exit(1);
if (asked === 'files') print(failingFiles(first));
if (asked === 'counts') print([counts(latest()).join(' ')]);
if (asked === 'failures') {
  const still = new Set(failures(latest()).map(({ name }) => name));
  for (const { name, why } of failures(first)) {
    if (!still.has(name)) print([`Failed, and passed when its file was run again: ${name}`, ...why, '']);
  }
  for (const { name, why } of failures(latest())) print([`FAILED: ${name}`, ...why, '']);
}

/** By file; undefined if the report isn't there, or was cut off. */
function read(path) {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')).testResults.map((file) => [file.name, file]));
  } catch {
    return undefined;
  }
}

function latest() {
  return new Map([...first, ...(again ?? [])]);
}

function failingFiles(files) {
  return [...files].filter(([, { status }]) => status === 'failed').map(([name]) => name);
}

/** A file that could not even be loaded counts as one that failed. */
function counts(files) {
  const tests = [...files.values()].flatMap(({ assertionResults }) => assertionResults);
  return [tests.filter(({ status }) => status === 'passed').length, failures(files).length];
}

function failures(files) {
  return failingFiles(files).flatMap((path) => {
    const { assertionResults, message } = files.get(path);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const name = relative(process.cwd(), path);
    if (failed.length === 0) return [{ name, why: lines(message) }];
    return failed.map(({ ancestorTitles, title, failureMessages }) => ({
      name: `${name}: ${[...ancestorTitles, title].join(' › ')}`,
      why: lines(failureMessages.join('\n')),
    }));
  });
}

function lines(text) {
  return stripVTControlCharacters(text).split('\n').slice(0, linesOfOne);
}

function print(texts) {
  for (const text of texts) console.log(text);
}
