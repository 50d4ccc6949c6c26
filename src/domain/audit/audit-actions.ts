/**
 * What can be done, as the audit log names it, and the requests over HTTP that do it. The admin keeps a request as it came,
 * `POST /api/v1/runs/:runId/pause`; the library and the command line keep the name.
 */
const requests = {
  start: ['POST /runs'],
  enqueue: ['POST /runs/:runId/recipients'],
  seal: ['POST /runs/:runId/seal'],
  pause: ['POST /runs/:runId/pause'],
  resume: ['POST /runs/:runId/resume'],
  approve: ['POST /runs/:runId/approve'],
  cancel: ['POST /runs/:runId/cancel'],
  retry: ['POST /runs/:runId/retry', 'POST /batches/:batchId/retry'],
  bulk: ['POST /runs/bulk', 'POST /bulk/:action'],
  resend: ['POST /runs/:runId/resend'],
  'close source': ['POST /runs/:runId/close-source'],
  stop: ['POST /stop'],
  go: ['POST /go'],
  resolve: ['POST /batches/:batchId/resolve'],
  'resume accounts': ['POST /holds/resume', 'POST /health/resume'],
  'repair ledger': [],
  message: ['POST /messages'],
  suppress: ['POST /suppressions', 'POST /suppressions/add'],
  unsuppress: ['DELETE /suppressions', 'POST /suppressions/remove'],
  'import suppressions': [],
  'list suppressions': [],
  'decide opt-outs': ['POST /opt-outs/held'],
  'undo opt-outs': ['POST /opt-outs/undo'],
  forget: ['POST /recipients/forget'],
  'campaign add': ['POST /campaigns', 'POST /new-campaign'],
  'campaign edit': ['PATCH /campaigns/:name', 'POST /campaigns/:name/edit'],
  'campaign remove': ['DELETE /campaigns/:name', 'POST /campaigns/:name/remove'],
  'campaign pause': ['POST /campaigns/:name/pause'],
  'campaign resume': ['POST /campaigns/:name/resume'],
  'campaign fire': ['POST /campaigns/:name/fire'],
  'template add': ['POST /templates'],
  'template refresh': ['POST /templates/refresh', 'POST /drafts/:draftId/template/refresh'],
  'test send': [
    ...['POST /templates/test-send', 'POST /drafts/:draftId/test-send', 'POST /runs/:runId/test-send'],
    ...['POST /new-campaign/test', 'POST /campaigns/:name/edit/test'],
  ],
  'draft create': ['POST /drafts'],
  'draft change': [
    'PATCH /drafts/:draftId',
    ...['name', 'template', 'columns', 'timing', 'check'].map((step) => `POST /drafts/:draftId/${step}`),
  ],
  'draft upload': ['POST /drafts/:draftId/file', 'PUT /drafts/:draftId/file'],
  'draft discard': ['DELETE /drafts/:draftId', 'POST /drafts/:draftId/discard'],
  'draft list forgotten': [],
  'draft confirm': ['POST /drafts/:draftId/confirm'],
  purge: [],
  adopt: [],
  'audit retention': [],
  'look up': [],
  preview: [],
  export: [],
  'retry after failure': [],
  // Of earlier versions, as is `user password`: people set their own.
  'user add': [],
  'user invite': ['POST /users'],
  'user link': ['POST /users/:name/link'],
  'user role': ['POST /users/:name/role'],
  'user email': ['POST /users/:name/email'],
  'user password': [],
  'own password': ['POST /account/password'],
  'totp begin': ['POST /account/totp'],
  'totp on': ['POST /account/totp/confirm'],
  'totp off': ['POST /account/totp/off'],
  'totp codes': ['POST /account/totp/codes'],
  'totp reset': ['POST /users/:name/totp/reset'],
  'oidc bind': [],
  'user revoke': ['POST /users/:name/revoke'],
  'user token add': ['POST /users/:name/tokens'],
  'user token revoke': ['DELETE /users/:name/tokens/:id', 'POST /users/:name/tokens/:id/revoke'],
  'log in': [],
  'log out': [],
  'log in refused': [],
  'session end': ['DELETE /sessions/:id', 'POST /sessions/:id/end'],
} as const satisfies Record<string, readonly string[]>;

/** Something that the audit log keeps. */
export type AuditAction = keyof typeof requests;

export const auditActions = Object.keys(requests) as AuditAction[];

const byRequest = new Map<string, AuditAction>(
  auditActions.flatMap((action) => requests[action].map((request) => [request, action] as const)),
);

/** What an entry's `action` stands for; `undefined`: a request that isn't known, such as one of another version. */
export function actionOf(kept: string): AuditAction | undefined {
  const request = kept.replace(' /api/v1/', ' /');
  return byRequest.get(request) ?? auditActions.find((action) => action === kept);
}

/** All that `action` of an entry may be for it. */
export function keptAs(action: AuditAction): string[] {
  const asked = requests[action].flatMap((request) => [request, request.replace(' /', ' /api/v1/')]);
  return [action, ...asked];
}
