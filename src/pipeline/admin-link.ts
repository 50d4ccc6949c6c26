import type { Context } from '../context.js';

/** Where a page of the admin is, for people; `null`: nobody has said where they open it (`SIARAN_ADMIN_URL`). */
export function adminLink({ config }: Pick<Context, 'config'>, path: string): string | null {
  return config.adminUrl === undefined ? null : config.adminUrl + path;
}

/** The page on which somebody does what a run waits for. */
export function runPath(runId: string, holdKind: string | undefined): string {
  return holdKind === 'approval' ? `/runs/${runId}/approve` : `/runs/${runId}`;
}
