import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { anchorsOf, fencesOf, pages, readPage, root } from './markdown.js';

const path = /((?:src|workers|test|tools|prisma|bench|examples|docs|\.ci)\/[\w./-]+)/g;
const pathInCode = new RegExp(`\`${path.source}\``, 'g');

/** Links of a page to elsewhere in the repository, without those in code. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '').filter((to) => !/^[a-z]+:/.test(to));
}

async function whyDead(page: string, link: string): Promise<string | undefined> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (target.startsWith('..') || !existsSync(`${root}/${target}`)) return `${page}: ${link} leads to no file`;
  if (anchor === undefined || (target.endsWith('.md') && anchorsOf(await readPage(target)).has(anchor)))
    return undefined;
  return `${page}: ${link}: ${target} has no such heading`;
}

test('every link between pages, and from a page to a file, leads somewhere', async () => {
  const dead: (string | undefined)[] = [];
  let links = 0;
  for (const page of await pages()) {
    for (const link of linksOf(await readPage(page))) {
      links += 1;
      dead.push(await whyDead(page, link));
    }
  }
  expect(dead.filter((why) => why !== undefined)).toEqual([]);
  expect(links).toBeGreaterThan(100);
});

test('every file that a page names is there, also in what says why an example is not run', async () => {
  const missing: string[] = [];
  let named = 0;
  for (const page of await pages()) {
    const text = await readPage(page);
    const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
    const reasons = fencesOf(page, text).map(({ notRun = '' }) => notRun);
    for (const found of [...prose.matchAll(pathInCode), ...reasons.join('\n').matchAll(path)]) {
      named += 1;
      if (!existsSync(`${root}/${found[1]}`)) missing.push(`${page}: ${found[1]}`);
    }
  }
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(30);
});

test('every path that ARCHITECTURE.md gives below src/, and every file that it names, is there', async () => {
  const text = await readPage('ARCHITECTURE.md');
  const rooms = readdirSync(`${root}/src`, { withFileTypes: true }).flatMap((each) =>
    each.isDirectory() ? each.name : [],
  );
  const below = new RegExp(`(?<![\\w/.-])(?:${rooms.join('|')})/[\\w./-]*[\\w/]`, 'g');
  const paths = [...text.matchAll(below)].map(([path]) => path);
  expect(paths.filter((path) => !existsSync(`${root}/src/${path}`))).toEqual([]);
  expect(paths.length).toBeGreaterThan(40);
  const names = [...text.matchAll(/`(?:[\w.-]+\/)*([\w.-]+\.(?:ts|mjs|sql))`/g)].map(([, name]) => name ?? '');
  const files = new Set(
    ['src', 'workers', 'test', 'tools', 'prisma'].flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true }).map((path) => basename(String(path))),
    ),
  );
  expect(names.filter((name) => !files.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(100);
});

test('the README stays short, and leads to every page', async () => {
  const readme = await readPage('README.md');
  expect(readme.split('\n').length).toBeLessThanOrEqual(251);
  const linked = new Set(linksOf(readme).map((link) => link.split('#')[0]));
  expect((await pages()).filter((page) => page !== 'README.md' && !linked.has(page))).toEqual([]);
});

test('the sidebar of the site names every page', async () => {
  const config = await readPage('tools/docs/.vitepress/config.js');
  const isNamed = (page: string) =>
    new RegExp(`^ +'?${basename(page, '.md')}'?:|'/${page.replace('.md', '')}'`, 'm').test(config);
  expect((await pages()).filter((page) => page !== 'README.md' && !isNamed(page))).toEqual([]);
});

test('a link to a file or a heading that is not there is found', async () => {
  expect(await whyDead('README.md', 'docs/glossary.md')).toBeUndefined();
  expect(await whyDead('docs/glossary.md', 'guides/limits.md#forecast')).toBeUndefined();
  expect(await whyDead('README.md', 'docs/nothing.md')).toBe('README.md: docs/nothing.md leads to no file');
  expect(await whyDead('README.md', 'docs/guides/limits.md#nothing')).toContain('has no such heading');
});
