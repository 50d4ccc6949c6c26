import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { openScrape } from '../../src/monitoring/gauges.js';
import { openMeters } from '../../src/monitoring/meters.js';
import { type Rig, startRig } from '../support/rig.js';

let rig: Rig;
/** Every name that a worker's scrape has, with the labels that it may carry. */
const known = new Map<string, readonly string[]>();

beforeAll(async () => {
  rig = await startRig();
  const registry = new Registry();
  openMeters(registry);
  await openScrape(rig.ctx, registry)();
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    const metric = registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const labels = metric.labelNames ?? [];
    // Prometheus's own enum is a number here.
    const isHistogram = String(type) === 'histogram';
    for (const suffix of isHistogram ? ['_bucket', '_sum', '_count'] : [''])
      known.set(`${name}${suffix}`, [...labels, 'le']);
  }
});

afterAll(() => rig.close());

type Rule = { alert: string; expr: string; annotations: { summary: string }; labels: { severity: string } };
type Panel = { title: string; targets: { expr: string }[]; gridPos: { x: number; y: number; w: number; h: number } };

async function rules(): Promise<Rule[]> {
  const file = parse(await readFile('docs/alert-rules.yml', 'utf8')) as { groups: { rules: Rule[] }[] };
  return file.groups.flatMap((group) => group.rules);
}

async function panels(): Promise<Panel[]> {
  return (JSON.parse(await readFile('docs/grafana-dashboard.json', 'utf8')) as { panels: Panel[] }).panels;
}

/** Metrics that a query names, each with the labels that it selects by. */
function metricsOf(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b((?:siaran|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
    }),
  );
}

test('each metric and label of the dashboard and of the alert rules exists', async () => {
  const exprs = [
    ...(await rules()).map(({ expr }) => expr),
    ...(await panels()).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  expect(exprs.length).toBeGreaterThan(25);
  for (const expr of exprs) {
    const metrics = metricsOf(expr);
    expect([expr, metrics.length > 0]).toEqual([expr, true]);
    for (const { name, labels } of metrics) {
      expect([...known.keys()]).toContain(name);
      for (const label of labels) expect([...(known.get(name) ?? []), 'job', 'instance']).toContain(label);
    }
    const by = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const carried = [...metrics.flatMap(({ name }) => known.get(name) ?? []), 'instance', 'job', 'le'];
    for (const label of by) expect(carried).toContain(label);
    for (const [open, close] of ['()', '{}', '[]'] as unknown as [string, string][])
      expect(expr.split(open).length).toBe(expr.split(close).length);
  }
});

test('each rule has a name of its own and says what is the matter', async () => {
  const all = await rules();
  expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
  for (const { labels, annotations } of all) {
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary).not.toBe('');
  }
});

test('no panel lies on another one', async () => {
  const taken = new Set<string>();
  for (const {
    title,
    gridPos: { x, y, w, h },
  } of await panels())
    for (let column = x; column < x + w; column += 1)
      for (let row = y; row < y + h; row += 1) {
        expect([title, taken.has(`${column},${row}`)]).toEqual([title, false]);
        taken.add(`${column},${row}`);
      }
});

test('every figure of ours says what it is, and which process asks for it counts for itself', async () => {
  const registries = [new Registry(), new Registry()];
  for (const registry of registries) openMeters(registry).attempt('scheduled', 7);
  for (const registry of registries) {
    const text = await registry.metrics();
    expect(text).toContain('siaran_attempt_recipients_total{outcome="scheduled"} 7');
  }
  for (const name of known.keys()) expect(name).toMatch(/^(siaran|process|nodejs)_/);
});
