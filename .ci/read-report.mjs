// What test/runner/tell-each-file.mjs wrote: of all tests, and of those files that were run again as a test of theirs had failed.
//   files REPORT           the files with a failure, a line each
//   counts REPORT [AGAIN]  how many tests passed, how many failed, and how many files of how many had no turn
//   failures REPORT [AGAIN]  what failed, and why; and what failed only once
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const linesOfOne = 25;
const [asked, ...reports] = process.argv.slice(2);
const [first, again] = reports.map(read);

if (first === undefined) process.exit(1);
if (asked === 'files') print(failingFiles(first.byPath).map(({ path }) => path));
if (asked === 'counts') print([counts().join(' ')]);
if (asked === 'failures') {
  const still = new Set(failures(latest()).map(({ name }) => name));
  for (const { name, why } of failures(first.byPath)) {
    if (!still.has(name)) print([`Failed, and passed when its file was run again: ${name}`, ...why, '']);
  }
  for (const { name, why } of failures(latest())) print([`FAILED: ${name}`, ...why, '']);
}

/** Undefined if the report isn't there. Its last line may have been cut off. */
function read(path) {
  try {
    const [head, ...files] = readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    return { files: head.files, byPath: new Map(files.map((file) => [file.path, file])) };
  } catch {
    return undefined;
  }
}

function latest() {
  return new Map([...first.byPath, ...(again?.byPath ?? [])]);
}

function failingFiles(files) {
  return [...files.values()].filter(({ failed }) => failed);
}

/** A file that could not even be loaded counts as one that failed. */
function counts() {
  const tests = [...latest().values()].flatMap((file) => file.tests);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return [passed, failures(latest()).length, first.files - first.byPath.size, first.files];
}

function failures(files) {
  return failingFiles(files).flatMap(({ path, why, tests }) => {
    const failed = tests.filter(({ status }) => status === 'failed');
    const file = relative(process.cwd(), path);
    if (failed.length === 0) return [{ name: file, why: lines(why ?? '') }];
    return failed.map((test) => ({ name: `${file}: ${test.name}`, why: lines(test.why ?? '') }));
  });
}

function lines(text) {
  return stripVTControlCharacters(text).split('\n').slice(0, linesOfOne);
}

function print(texts) {
  for (const text of texts) console.log(text);
}
