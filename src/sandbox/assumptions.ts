/** What nobody outside Qiscus knows: each is a guess, named here so that it can be turned round and the program tried against both. */
export type Assumptions = {
  /** assumed: true. A `started_at` before the instant at which the request came in is refused. */
  readonly refusePastStartedAt: boolean;
  /** assumed: true. A `started_at` without `Z` or an offset is refused; when false it is read as UTC. */
  readonly refuseStartedAtWithoutOffset: boolean;
  /** assumed: false. A `started_at` with another offset than `Z` is refused. */
  readonly refuseOffsetsOtherThanZ: boolean;
  /** assumed: false. A file with the same number twice is refused; when false both rows count as deliveries. */
  readonly refuseDuplicateNumbers: boolean;
  /** assumed: false. A file that was sent before is refused; when false each send is a new job, which is how double sending shows. */
  readonly refuseSecondSend: boolean;
  /** assumed: true. A file that opens with a byte order mark is refused. */
  readonly refuseByteOrderMark: boolean;
  /** assumed: true. A file with a column that Qiscus's article on broadcast CSV does not name is refused. */
  readonly refuseUnknownColumns: boolean;
  /** assumed: false. A row with an empty variable is refused. */
  readonly refuseEmptyVariables: boolean;
  /** assumed: false. Rows whose number is not E.164 digits are dropped instead of refusing the file; `total_recipient` counts the rest. */
  readonly dropBadNumbers: boolean;
  /** assumed: true. `template_detail_id` and `separator` of a send must be those of its file. */
  readonly requireSameAsFile: boolean;
  /** assumed: true. `send_broadcast` takes JSON, as in Qiscus's example. */
  readonly acceptJsonSend: boolean;
  /** assumed: true. `send_broadcast` takes multipart, as in Qiscus's table of parameters. */
  readonly acceptMultipartSend: boolean;
  /** assumed: true. A JSON body without `Content-Type: application/json` is refused. */
  readonly requireJsonContentType: boolean;
  /** assumed: false. Refusals read `{"errors":{"message":"…"}}` instead of `{"error":"…"}`. */
  readonly refuseWithErrorsObject: boolean;
  /** assumed: true. `GET /api/v2/admin/hsm` lists the account's templates, in pages; when false there is no such address. */
  readonly listTemplates: boolean;
};

export const DEFAULT_ASSUMPTIONS: Assumptions = {
  refusePastStartedAt: true,
  refuseStartedAtWithoutOffset: true,
  refuseOffsetsOtherThanZ: false,
  refuseDuplicateNumbers: false,
  refuseSecondSend: false,
  refuseByteOrderMark: true,
  refuseUnknownColumns: true,
  refuseEmptyVariables: false,
  dropBadNumbers: false,
  requireSameAsFile: true,
  acceptJsonSend: true,
  acceptMultipartSend: true,
  requireJsonContentType: true,
  refuseWithErrorsObject: false,
  listTemplates: true,
};

/** One line each for `--help`. */
export const ASSUMPTION_TEXTS: Readonly<Record<keyof Assumptions, string>> = {
  refusePastStartedAt: 'a started_at in the past is refused',
  refuseStartedAtWithoutOffset: 'a started_at without Z or an offset is refused (false: read as UTC)',
  refuseOffsetsOtherThanZ: 'a started_at with another offset than Z is refused',
  refuseDuplicateNumbers: 'a file with the same number twice is refused (false: both are delivered)',
  refuseSecondSend: 'a file that was sent before is refused (false: it is a new job)',
  refuseByteOrderMark: 'a file that opens with a byte order mark is refused',
  refuseUnknownColumns: 'a file with a column that is not documented is refused',
  refuseEmptyVariables: 'a file with an empty variable is refused',
  dropBadNumbers: 'rows with a bad number are dropped silently instead of refusing the file',
  requireSameAsFile: 'template_detail_id and separator of a send must be those of its file',
  acceptJsonSend: 'send_broadcast takes JSON',
  acceptMultipartSend: 'send_broadcast takes multipart',
  requireJsonContentType: 'a JSON body needs Content-Type: application/json',
  refuseWithErrorsObject: 'refusals read {"errors":{"message":…}} instead of {"error":…}',
  listTemplates: 'GET /api/v2/admin/hsm lists the templates, in pages (false: 404)',
};

export function isAssumption(name: string): name is keyof Assumptions {
  return Object.hasOwn(DEFAULT_ASSUMPTIONS, name);
}
