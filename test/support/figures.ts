/** What a scrape says, by metric and labels as they stand in it: `siaran_up{service="redis"}`. */
export type Figures = Map<string, number>;

export async function scrape(url: string, token?: string): Promise<Figures> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${text}`);
  return readFigures(text);
}

export function readFigures(text: string): Figures {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** The sum of a metric over all its labels, or over those that hold all of these. */
export function total(figures: Figures, name: string, ...labels: string[]): number {
  let sum = 0;
  for (const [key, value] of figures)
    if ((key === name || key.startsWith(`${name}{`)) && labels.every((label) => key.includes(label))) sum += value;
  return sum;
}
