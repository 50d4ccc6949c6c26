/**
 * Compares what a page shows with what came out. Ids, instants and durations are another each time: an id stands for what came
 * out in its place, from then on, and instants and durations for any other.
 */
export class Shown {
  /** What an id of the page is called in this run of its examples. */
  readonly #names = new Map<string, string>();

  /** A command, or code, with the ids that it has here. */
  inPlace(text: string): string {
    return text.replaceAll(ids, (id) => this.#names.get(id) ?? id);
  }

  /** @throws an error that tells both, when what came out isn't what is shown. */
  compare(shown: string, actual: string): void {
    const trimmed = shown.trim();
    if (/^[{[]/.test(trimmed)) this.#compareJson(JSON.parse(trimmed), JSON.parse(actual), '$');
    else this.#compareLines(linesOf(trimmed), linesOf(actual));
  }

  #compareLines(shown: readonly string[], actual: readonly string[]): void {
    for (let at = 0; at < Math.max(shown.length, actual.length); at += 1)
      this.#compareText(shown[at] ?? '(nothing more)', actual[at] ?? '(nothing more)');
  }

  #compareJson(shown: unknown, actual: unknown, path: string): void {
    if (typeof shown === 'string' && typeof actual === 'string') this.#compareText(shown, actual);
    else if (typeof shown === 'number' && isId(String(shown))) this.#compareText(String(shown), String(actual));
    else if (isObject(shown) && isObject(actual)) this.#compareFields(shown, actual, path);
    else if (shown !== actual)
      throw new Error(`${path} is shown as ${JSON.stringify(shown)}, and is ${JSON.stringify(actual)}`);
  }

  #compareFields(shown: Record<string, unknown>, actual: Record<string, unknown>, path: string): void {
    const [names, now] = [namesOf(shown), namesOf(actual)];
    if (names !== now) throw new Error(`${path} is shown with ${names}, and has ${now}`);
    for (const [name, value] of Object.entries(shown)) this.#compareJson(value, actual[name], `${path}.${name}`);
  }

  #compareText(shown: string, actual: string): void {
    const found: string[] = [];
    let pattern = '';
    for (const part of shown.split(variable)) {
      const kind = kinds.find(({ is }) => is.test(part));
      if (kind?.isId) found.push(part);
      pattern += kind ? kind.stands : literally(part).replaceAll(/ {2,}/g, ' {2,}');
    }
    const match = new RegExp(`^${pattern}$`).exec(actual);
    if (!match) throw new Error(`shown:  ${shown}\nactual: ${actual}`);
    for (const [at, id] of found.entries()) {
      const here = match[at + 1] ?? '';
      const before = this.#names.get(id);
      if (before !== undefined && before !== here) throw new Error(`${id} was ${before}, and is ${here}:\n${actual}`);
      this.#names.set(id, here);
    }
  }
}

/** Of a run, and of files, jobs and logs at Qiscus. A phone number is longer. */
const ids = /\br(?=[a-z]*\d)[0-9a-z]{8}\b|\b\d{10}\b/g;

const kinds = [
  { is: /^r(?=[a-z]*\d)[0-9a-z]{8}$/, stands: '(r[0-9a-z]{8})', isId: true },
  { is: /^\d{10}$/, stands: '(\\d{9,12})', isId: true },
  { is: /^file-[0-9a-f]{64}$/, stands: 'file-[0-9a-f]{64}', isId: false },
  { is: /^[A-Z][a-z]{2} \d/, stands: '[A-Z][a-z]{2} \\d{1,2} [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d [A-Z]+', isId: false },
  { is: /^\d{4}-.*Z$/, stands: '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z', isId: false },
  { is: /^\d+[smhd]$/, stands: '\\d+[smhd]', isId: false },
  { is: /^…$/, stands: '.*', isId: false },
];

const variable =
  /(\br(?=[a-z]*\d)[0-9a-z]{8}\b|\b\d{10}\b|file-[0-9a-f]{64}|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d [A-Z]+|\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d+[smhd]\b|…)/;

function isId(text: string): boolean {
  return kinds.some(({ is, isId }) => isId && is.test(text));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function namesOf(value: Record<string, unknown>): string {
  return Object.keys(value).sort().join();
}

function linesOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
