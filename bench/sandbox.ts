import type { AcceptedSummary } from '../src/sandbox/accepted.js';
import type { FaultRequest } from '../src/sandbox/faults.js';
import type { Bench } from './case.js';

/** The stand-in for Qiscus, in a process of its own. */
export type Sandbox = {
  readonly pid: number;
  /** What a program that sends to it has to know. */
  readonly env: Record<string, string>;
  /** Forgets everything; the process stays warm. */
  reset(): Promise<void>;
  summary(): Promise<AcceptedSummary>;
  setFaults(faults: readonly FaultRequest[]): Promise<void>;
  kill(): Promise<void>;
};

export async function startSandbox({ staff }: Bench): Promise<Sandbox> {
  const hand = await staff.hire({
    name: 'sandbox',
    script: 'dist/program/main.js',
    args: ['sandbox', '--port', '0', '--json'],
    env: {},
  });
  const { url } = hand.greeting as { url: string };
  const control = async (method: string, resource: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/_sandbox/${resource}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${resource}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    pid: hand.pid,
    env: { QISCUS_BASE_URL: url, QISCUS_APP_ID: 'bench', QISCUS_SECRET_KEY: 'bench-secret-key' },
    async reset() {
      await control('POST', 'reset');
    },
    summary: async () => (await control('GET', 'summary')) as AcceptedSummary,
    async setFaults(faults) {
      await control('PUT', 'faults', faults);
    },
    kill: () => hand.kill(),
  };
}

/** A measurement counts only if the work was done: each recipient was sent to, and none twice. */
export async function requireEachOnce(sandbox: Sandbox, recipients: number): Promise<void> {
  const { recipients: sent, distinctNumbers, mostPerNumber } = await sandbox.summary();
  if (sent === recipients && distinctNumbers === recipients && mostPerNumber === 1) return;
  throw new Error(
    `${recipients} recipients should have been sent to once each; the sandbox counts ${sent} messages ` +
      `to ${distinctNumbers} numbers, at most ${mostPerNumber} to one`,
  );
}
