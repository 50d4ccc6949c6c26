import type { Page } from 'playwright-core';

/** How long a person takes, in seconds. */
const takes = { click: 3, field: 5, page: 5 } as const;

/** What a job took: of a person, and of the server until the first byte of each page, in milliseconds. */
export type Walked = { job: string; clicks: number; fields: number; pages: number; seconds: number; serverMs: number };

/**
 * Does what a person does who has only seen the pages: reads what is on them, presses what they name, fills in what they ask for. It knows no
 * address but the first one, and no id.
 */
export function startWalk(page: Page, job: string) {
  const walked = { job, clicks: 0, fields: 0, pages: 0, serverMs: 0 };
  const onResponse = async (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
    const request = response.request();
    if (!request.isNavigationRequest()) return;
    const { requestStart, responseStart } = request.timing();
    walked.serverMs += Math.max(0, Math.round(responseStart - requestStart));
  };
  page.on('response', (response) => void onResponse(response));
  return {
    /** The one address that everybody has. */
    async open() {
      await page.goto('/');
      walked.pages += 1;
    },
    /** Presses a link, a button or a box by the words on it. @param to what stands on the next page, if it is one */
    async press(role: 'link' | 'button' | 'radio' | 'checkbox', name: string | RegExp, to?: string | RegExp) {
      await page
        .getByRole(role, { name, exact: typeof name === 'string' })
        .first()
        .click();
      walked.clicks += 1;
      if (to === undefined) return;
      await this.read(to);
      walked.pages += 1;
    },
    /** Fills in the field of that label. */
    async fill(label: string, value: string) {
      await page.getByLabel(label, { exact: true }).fill(value);
      walked.fields += 1;
    },
    async choose(label: string, value: string) {
      await page.getByLabel(label, { exact: true }).selectOption(value);
      walked.fields += 1;
    },
    async give(label: string, file: { name: string; mimeType: string; buffer: Buffer }) {
      await page.getByLabel(label, { exact: true }).setInputFiles(file);
      walked.fields += 1;
    },
    /** Waits until the page says so. */
    async read(words: string | RegExp) {
      await page.getByRole('main').filter({ hasText: words }).waitFor();
    },
    end(): Walked {
      page.removeAllListeners('response');
      const { clicks, fields, pages } = walked;
      return { ...walked, seconds: takes.click * clicks + takes.field * fields + takes.page * pages };
    },
  };
}
