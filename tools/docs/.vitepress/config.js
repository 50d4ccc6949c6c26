import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { pageOf } from '../api/page.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The pages stand outside of this folder, and would find no Vue where they are. */
const vueForPages = {
  name: 'vue-for-pages',
  enforce: 'pre',
  resolveId(id, importer = '') {
    const isOfPage = /^vue(\/|$)/.test(id) && /\.md(\?|$)/.test(importer);
    return isOfPage ? this.resolve(id, fileURLToPath(import.meta.url), { skipSelf: true }) : undefined;
  },
};

const section = (text, folder, items) => ({
  text,
  items: Object.entries(items).map(([name, title]) => ({ text: title, link: `/docs/${folder}${name}` })),
});

const guides = section('Guides', 'guides/', {
  library: 'The library',
  transaction: 'In your own transaction',
  'command-line': 'The command line',
  templates: 'Templates',
  limits: 'Limits',
  messages: 'Messages',
  drafts: 'A broadcast that is being made',
  campaigns: 'Campaigns',
  'opt-outs': 'Opt-outs',
  forgetting: 'Forgetting somebody',
  approval: 'Approval',
  statuses: 'Statuses',
  resending: 'Sending again',
  dashboard: 'The dashboard',
  'http-api': 'The HTTP API',
});

const reference = section('Reference', 'reference/', {
  api: 'The API, operation by operation',
  compatibility: 'Compatibility',
  configuration: 'Configuration',
  errors: 'Errors',
  'exit-codes': 'Exit codes',
  input: 'Input',
  json: 'JSON',
  metrics: 'Metrics',
});

const operations = section('Operations', 'operations/', {
  deploy: 'Deploy',
  platforms: 'Platforms',
  upgrades: 'Upgrades',
  backups: 'Backups',
  databases: 'Copies and restored databases',
  accounts: 'Several accounts',
  monitoring: 'Monitoring',
  notices: 'Notices',
  runbook: 'Runbook',
  failures: 'Failures',
  security: 'Security',
  asvs: 'OWASP ASVS 5.0',
  scale: 'Scale',
});

const project = {
  text: 'The project',
  items: [
    { text: 'Architecture', link: '/ARCHITECTURE' },
    { text: 'Contributing', link: '/CONTRIBUTING' },
    { text: 'Examples', link: '/examples/README' },
    { text: 'Proven by killing things', link: '/docs/proof' },
    { text: 'Glossary', link: '/docs/glossary' },
    { text: 'Changelog', link: '/CHANGELOG' },
    { text: 'Telling of a weakness', link: '/SECURITY' },
  ],
};

/** Two braces in code would be an expression to Vue, and be gone from the page. */
function codeAsItStands(markdown) {
  markdown.renderer.rules.code_inline = (tokens, at) =>
    `<code v-pre>${markdown.utils.escapeHtml(tokens[at].content)}</code>`;
}

/** Pages link to files of the repository too, which the site doesn't have: there the name stands as text. */
function withoutLinksToFiles(markdown) {
  const isFile = (href) =>
    !href.endsWith('openapi.json') &&
    !/^(#|[a-z]+:)/.test(href) &&
    !/\.(md|png)(#|$)/.test(href) &&
    !/^[^.]*(#|$)/.test(href);
  markdown.core.ruler.push('no-links-to-files', ({ tokens }) => {
    for (const { children } of tokens) {
      if (!children) continue;
      let isOpen = false;
      for (const token of children) {
        if (token.type === 'link_open' && isFile(token.attrGet('href'))) isOpen = true;
        else if (token.type !== 'link_close' || !isOpen) continue;
        else isOpen = false;
        Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
      }
    }
  });
}

const document = 'docs/reference/openapi.json';

/** What a page has for every operation: the whole API document. It is put in before Markdown is read, so the search finds it too. */
function withOperations(markdown) {
  markdown.core.ruler.before('normalize', 'operations', (state) => {
    if (!state.src.includes('<!-- every operation -->')) return;
    const page = pageOf(JSON.parse(readFileSync(`${root}/${document}`, 'utf8')));
    state.src = state.src.replace('<!-- every operation -->', () => page);
  });
}

export default defineConfig({
  title: 'Siaran',
  description: 'WhatsApp template broadcasts through Qiscus: never twice, never silently lost',
  lang: 'en',
  srcDir: root,
  srcExclude: ['{bench,dist,node_modules,prisma,src,test,tools,workers,coverage,.siaran}/**'],
  outDir: `${root}/.siaran/site`,
  cacheDir: `${root}/.siaran/site-cache`,
  vite: { plugins: [vueForPages] },
  buildEnd: ({ outDir }) => copyFileSync(`${root}/${document}`, `${outDir}/${document}`),
  rewrites: { 'README.md': 'index.md' },
  markdown: {
    config(markdown) {
      withOperations(markdown);
      withoutLinksToFiles(markdown);
      codeAsItStands(markdown);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guides', link: '/docs/guides/library' },
      { text: 'Reference', link: '/docs/reference/configuration' },
      { text: 'Operations', link: '/docs/operations/deploy' },
    ],
    sidebar: [{ text: 'Siaran', items: [{ text: 'Overview', link: '/' }] }, guides, reference, operations, project],
  },
});
