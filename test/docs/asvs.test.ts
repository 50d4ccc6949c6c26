import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { namesIn, readPage, root, rowsOf } from './markdown.js';

/** Requirements of levels 1 and 2 in ASVS 5.0.0, by their sections. */
const standard: Readonly<Record<string, string>> = {
  '1.1': '1-2',
  '1.2': '1-9',
  '1.3': '1-11',
  '1.4': '1-3',
  '1.5': '1-2',
  '2.1': '1-3',
  '2.2': '1-3',
  '2.3': '1-4',
  '2.4': '1',
  '3.2': '1-2',
  '3.3': '1-4',
  '3.4': '1-6',
  '3.5': '1-5',
  '3.7': '1-2',
  '4.1': '1-3',
  '4.2': '1',
  '4.3': '1-2',
  '4.4': '1-4',
  '5.1': '1',
  '5.2': '1-3',
  '5.3': '1-2',
  '5.4': '1-3',
  '6.1': '1-3',
  '6.2': '1-12',
  '6.3': '1-4',
  '6.4': '1-4',
  '6.5': '1-5',
  '6.6': '1-3',
  '6.8': '1-4',
  '7.1': '1-3',
  '7.2': '1-4',
  '7.3': '1-2',
  '7.4': '1-5',
  '7.5': '1-2',
  '7.6': '1-2',
  '8.1': '1-2',
  '8.2': '1-3',
  '8.3': '1',
  '8.4': '1',
  '9.1': '1-3',
  '9.2': '1-4',
  '10.1': '1-2',
  '10.2': '1-2',
  '10.3': '1-4',
  '10.4': '1-11',
  '10.5': '1-5',
  '10.6': '1-2',
  '10.7': '1-3',
  '11.1': '1-2',
  '11.2': '1-3',
  '11.3': '1-3',
  '11.4': '1-4',
  '11.5': '1',
  '11.6': '1',
  '12.1': '1-3',
  '12.2': '1-2',
  '12.3': '1-4',
  '13.1': '1',
  '13.2': '1-5',
  '13.3': '1-2',
  '13.4': '1-5',
  '14.1': '1-2',
  '14.2': '1-4',
  '14.3': '1-3',
  '15.1': '1-3',
  '15.2': '1-3',
  '15.3': '1-7',
  '16.1': '1',
  '16.2': '1-5',
  '16.3': '1-4',
  '16.4': '1-3',
  '16.5': '1-3',
  '17.1': '1',
  '17.2': '1-4',
  '17.3': '1-2',
};

function* numbered(): Generator<string> {
  for (const [section, ranges] of Object.entries(standard))
    for (const range of ranges.split(' ')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      for (let at = first; at <= last; at += 1) yield `${section}.${at}`;
    }
}

const rows = async () => rowsOf(await readPage('docs/operations/asvs.md'), 'ASVS');

/** What a file of tests calls them. */
async function titlesOf(path: string): Promise<string[]> {
  const text = await readFile(`${root}/${path}`, 'utf8');
  const title =
    /(?:\b(?:test|it|describe)(?:\.skip)?|\]\s*(?:as const)?\)|\w\)\)|\(\w+\))\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])+)\1/g;
  return [...text.matchAll(title)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}

test('each requirement of levels 1 and 2 has its row, once', async () => {
  const told = (await rows()).flatMap(([numbers = '']) => numbers.split(', '));
  expect([...told].sort()).toEqual([...numbered()].sort());
  expect(told).toHaveLength(253);
});

test('each row says how it stands, and what is met is shown by a test that is there', async () => {
  const wrong: string[] = [];
  for (const [numbers = '', , stands = '', shown = ''] of await rows()) {
    const state = /^\*\*(met|partly|not met|–)\*\*/.exec(stands);
    if (!state) wrong.push(`${numbers}: how does it stand?`);
    if (shown === '–') continue;
    for (const part of shown.split(/; (?=`test\/)/)) {
      const [, path = '', name = ''] = /^`(test\/[\w./-]+\.test\.ts)`: (.+)$/.exec(part) ?? [];
      const titles = path === '' ? [] : await titlesOf(path);
      if (!titles.some((title) => title.includes(name))) wrong.push(`${numbers}: ${part}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** What is met without a test: there is nothing of the kind, or it is a page or a step of continuous integration. */
const withoutTest = ['6.4.2', '15.1.1', '15.1.2'];

test('what is met has a test, but for what can have none', async () => {
  const bare = (await rows()).filter(([, , stands = '', shown]) => stands.startsWith('**met') && shown === '–');
  expect(bare.map(([numbers]) => numbers)).toEqual(withoutTest);
});

/** Source files that run where Siaran runs, with their texts. */
async function sources(): Promise<[string, string][]> {
  const names = await readdir(`${root}/src`, { recursive: true });
  const wanted = names.filter((name) => name.endsWith('.ts') && !/^(generated|sandbox|local|cli\/demo)\//.test(name));
  return Promise.all(
    wanted.map(
      async (name): Promise<[string, string]> => [`src/${name}`, await readFile(`${root}/src/${name}`, 'utf8')],
    ),
  );
}

test('the keys of the code are those that are told, and so are the algorithms', async () => {
  const told = rowsOf(await readPage('docs/operations/security.md'), 'what for').flatMap(([, , , , code = '']) =>
    namesIn(code),
  );
  const using = (await sources()).filter(([, text]) => text.includes("from 'node:crypto'"));
  expect([...told].sort()).toEqual(using.map(([name]) => name).sort());
  const called = using.flatMap(([, text]) =>
    [...text.matchAll(/create(?:Hash|Hmac|Cipheriv|Decipheriv)\('([\w-]+)'/g)].map(([, algorithm]) => algorithm),
  );
  // Apps make their codes with SHA-1 (RFC 6238). As a HMAC it holds; nothing else may have it.
  expect(using.filter(([, text]) => text.includes("'sha1'")).map(([name]) => name)).toEqual([
    'src/domain/people/totp.ts',
  ]);
  expect([...new Set(called)].sort()).toEqual(['aes-256-gcm', 'sha1', 'sha256']);
});

test('every address of the configuration is among the connections', async () => {
  const variables = rowsOf(await readPage('docs/reference/configuration.md'), 'variable').flatMap(([names = '']) =>
    namesIn(names),
  );
  const told = rowsOf(await readPage('docs/operations/security.md'), 'with whom').flatMap(([, , names = '']) =>
    namesIn(names),
  );
  const addresses = variables.filter((name) => /_(?:URL|CLUSTER|ENDPOINT|PORT|ISSUER)$/.test(name));
  expect([...told].sort()).toEqual(addresses.sort());
});

test('pages store nothing in a browser but how large and old a file is that is being uploaded', async () => {
  const scripts = (await sources()).filter(([name]) => name.startsWith('src/admin/browser/'));
  expect(scripts.length).toBeGreaterThan(3);
  const stored = scripts.flatMap(([name, text]) =>
    [...text.matchAll(/localStorage\.?.*|sessionStorage|indexedDB|\.cookie\b|\bcaches\b|serviceWorker/g)].map(
      ([use]) => [name, use],
    ),
  );
  const upload = 'src/admin/browser/upload.ts';
  expect(stored).toEqual([
    [upload, 'localStorage.setItem(keyOf(draft), looksOf(file));'],
    [upload, 'localStorage.getItem(keyOf(draft)) === looksOf(file) && draft.source?.bytes === file.size;'],
    [upload, 'localStorage.removeItem(keyOf(draft));'],
  ]);
  const text = scripts.find(([name]) => name === upload)?.[1] ?? '';
  expect(text).toContain('keyOf = ({ source }: SeenDraft) => `siaran upload ${source?.uploadId');
  expect(text).toMatch(/return `\$\{size\} \$\{lastModified\}`;/);
});
