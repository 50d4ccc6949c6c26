/**
 * Of every server. A proxy keeps a connection for up to a minute and sends the next request on it. If Node closed it at that moment,
 * as it does after 5 s by default, the request would be lost. So ours stay open for longer than any proxy's. Node also asks that
 * the time for headers is longer, which in some versions begins with the end of the request before.
 */
export const keepAliveTimeoutMs = 65_000;
export const headersTimeoutMs = 66_000;
