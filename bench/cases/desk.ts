import type { Bench, Case, Contender } from '../case.js';
import { oneDecimal } from '../figures.js';
import { fillCampaigns, firingsEach } from '../measures/fill-campaigns.js';
import { fillDesk } from '../measures/fill-desk.js';
import { type AskApi, makeDraft } from '../measures/make-draft.js';
import { siaranEnv } from '../siaran.js';
import type { Hand } from '../staff.js';

const filling = { messages: 100_000, broadcasts: 10_000, campaigns: 200, people: 10_000 };
const token = '0f6b5d1c93e7482ab5d6c1907f3e2a84';

/** Each page and list that people or programs ask for many times a day. */
const paths = [
  '/status',
  '/runs',
  '/runs?state=held',
  '/runs?state=open',
  '/runs?state=unknown',
  '/runs?state=refused',
  '/runs?state=finished',
  '/runs?name=birthday',
  '/runs?name=nobody+has+it',
  '/runs?kind=message&name=code+99999',
  '/runs/rb1',
  '/batches/rb1-0001',
  '/campaigns',
  '/campaigns/Campaign%207',
  '/campaigns/Campaign%207/versions',
  '/campaigns/Campaign%207/edit',
  '/new-campaign',
  '/drafts',
  '/bulk/cancel?since=2020-01-01',
  '/bulk/cancel?state=held',
  '/bulk/resume?state=held',
  '/bulk/retry?state=refused',
  '/recipients',
  '/suppressions',
  '/audit',
  '/health',
  '/stop',
  '/go',
  '/api/v1/status',
  '/api/v1/runs',
  '/api/v1/runs?state=held',
  '/api/v1/runs?name=birthday',
  '/api/v1/runs?limit=200',
  '/api/v1/campaigns',
];

/** What a draft is asked for, one after the other. */
const steps = ['recipients', 'template', 'columns', 'check', 'preview', 'timing', 'confirm'];

export const desk: Case = {
  name: 'desk',
  describe: 'each page and list of the dashboard, with a year of runs',
  unit: 'runs',
  notes: [
    `${filling.messages.toLocaleString('en')} single messages and ${filling.broadcasts.toLocaleString('en')} broadcasts of 5,000 recipients in two accounts; of the broadcasts 200 go on, 100 of them are held, 10 have an unknown batch and 20 a refused one.`,
    `${filling.campaigns} campaigns with ${firingsEach} firings each, 300 templates, and a draft of ${filling.people.toLocaleString('en')} people, which is checked.`,
    'From the request to the last byte, at the server: one request after the other, each page 10 times a round, of which the median counts.',
  ],
  tables: [{ columns: [{ figure: 'milliseconds', title: 'ms', shown: oneDecimal, spread: true }] }],
  compare: [],
  async run(bench) {
    await bench.services.clean();
    bench.progress.doing('desk: a year of runs');
    const [messages, broadcasts] = [bench.sized(filling.messages), bench.sized(filling.broadcasts)];
    await fillDesk(bench.services, { messages, broadcasts });
    await fillCampaigns(bench.services, bench.sized(filling.campaigns));
    const { hand, ask, askApi } = await hireAdmin(bench);
    bench.progress.doing('desk: a draft is made');
    const draftId = await makeDraft(askApi, bench.sized(filling.people));
    const measurements = await bench.takeTurns(
      desk,
      [...paths, ...steps.map((step) => `/drafts/${draftId}/${step}`)].map(
        (path): Contender => ({
          name: path.replace(draftId, 'ID'),
          recipients: messages + broadcasts,
          measure: () => timed(() => ask(path)),
        }),
      ),
    );
    await hand.kill();
    return measurements;
  },
};

type Admin = { hand: Hand; ask: (path: string) => Promise<void>; askApi: AskApi };

async function hireAdmin(bench: Bench): Promise<Admin> {
  const env = {
    ...siaranEnv(bench),
    SIARAN_ADMIN_TOKEN: token,
    QISCUS_APP_ID: 'bench',
    QISCUS_SECRET_KEY: 'bench-secret-key',
  };
  const args = ['admin', '--port', '0', '--json'];
  const hand = await bench.staff.hire({ name: 'admin', script: 'dist/program/main.js', args, env });
  const { url } = hand.greeting as { url: string };
  const headers = { authorization: `Bearer ${token}`, accept: 'text/html' };
  const ask = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${text.slice(0, 500)}`);
  };
  const askApi: AskApi = async (method, path, body) => {
    const isJson = typeof body === 'object';
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: headers.authorization,
        ...(isJson
          ? { 'content-type': 'application/json' }
          : { 'content-type': 'application/octet-stream', 'upload-offset': '0' }),
      },
      body: isJson ? JSON.stringify(body) : (body ?? null),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
    return answer.json();
  };
  return { hand, ask, askApi };
}

async function timed(ask: () => Promise<void>): Promise<{ milliseconds: number }> {
  const times: number[] = [];
  for (let asked = 0; asked < 10; asked += 1) {
    const begun = performance.now();
    await ask();
    times.push(performance.now() - begun);
  }
  return { milliseconds: times.sort((a, b) => a - b)[5] ?? 0 };
}
