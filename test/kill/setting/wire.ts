/** A part of one direction of a connection. `ends`: as a request, that a reply will come; as a reply, that it is whole. */
export type Unit = { bytes: Buffer; text: string; ends: boolean };

export type Splitter = { push(bytes: Buffer): Unit[] };

/** How one wire protocol is cut into requests and their replies, which come in the same order. */
export type Dialect = () => { requests: Splitter; replies: Splitter };

const longestText = 8_000;

export const postgres: Dialect = () => {
  let started = false;
  let parts: Buffer[] = [];
  let text = '';
  /** Statements by the names that they were given when they were parsed. */
  const named = new Map<string, string>();
  /** The statements since BEGIN, so that a COMMIT can be told by what it commits. */
  let transaction: string[] = [];
  const label = (sql: string) => {
    if (/^\s*BEGIN/i.test(sql)) transaction = [];
    transaction.push(sql.slice(0, longestText));
    return /^\s*COMMIT/i.test(sql) ? `COMMIT of ${transaction.join('\n')}` : sql.slice(0, longestText);
  };
  const requests = splitter((bytes) => {
    const header = started ? 1 : 0;
    if (bytes.length < header + 4) return 0;
    return header + bytes.readInt32BE(header);
  });
  return {
    requests: {
      push: (bytes) =>
        requests(bytes).flatMap((message) => {
          if (!started) {
            started = true;
            return { bytes: message, text: 'startup', ends: true };
          }
          const type = String.fromCharCode(message[0] ?? 0);
          parts.push(message);
          if (type === 'Q') text = message.toString('utf8', 5, message.length - 1);
          // A Parse holds the statement's name, then its text.
          if (type === 'P') {
            const [name = '', sql = ''] = message.toString('utf8', 5).split('\0');
            text = sql;
            if (name !== '') named.set(name, sql);
          }
          // A Bind holds a portal's name, then the statement's.
          if (type === 'B') text = named.get(message.toString('utf8', 5, 200).split('\0')[1] ?? '') ?? text;
          if (!['Q', 'S', 'X', 'p'].includes(type)) return [];
          const unit = { bytes: Buffer.concat(parts), text: label(text), ends: type === 'Q' || type === 'S' };
          parts = [];
          text = '';
          return unit;
        }),
    },
    replies: {
      push: (
        (cut) => (bytes: Buffer) =>
          cut(bytes).map((message) => ({ bytes: message, text: '', ends: message[0] === 'Z'.charCodeAt(0) }))
      )(splitter((bytes) => (bytes.length < 5 ? 0 : 1 + bytes.readInt32BE(1)))),
    },
  };
};

export const redis: Dialect = () => {
  const commands = splitter((bytes) => respEnd(bytes, 0));
  const answers = splitter((bytes) => respEnd(bytes, 0));
  return {
    requests: {
      push: (bytes) => commands(bytes).map((command) => ({ bytes: command, text: words(command), ends: true })),
    },
    replies: {
      push: (bytes) =>
        answers(bytes).map((answer) => ({ bytes: answer, text: '', ends: answer[0] !== '>'.charCodeAt(0) })),
    },
  };
};

export const http: Dialect = () => {
  const [asked, answered] = [splitter(httpEnd), splitter(httpEnd)];
  const unit = (bytes: Buffer): Unit => ({ bytes, text: bytes.toString('utf8', 0, 2_000), ends: true });
  return {
    requests: { push: (bytes) => asked(bytes).map(unit) },
    replies: { push: (bytes) => answered(bytes).map(unit) },
  };
};

/** @param lengthOf the length of the first message; 0 when there is too little to tell. */
function splitter(lengthOf: (bytes: Buffer) => number): (bytes: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const messages: Buffer[] = [];
    for (;;) {
      const length = rest.length === 0 ? 0 : lengthOf(rest);
      if (length === 0 || rest.length < length) return messages;
      messages.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

function httpEnd(bytes: Buffer): number {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1] ?? '0';
  return head + 4 + Number(length);
}

/** Where the RESP value that begins at `at` ends; 0 when it isn't whole yet. */
function respEnd(bytes: Buffer, at: number): number {
  const line = bytes.indexOf('\r\n', at);
  if (line < 0) return 0;
  const type = String.fromCharCode(bytes[at] ?? 0);
  const count = Number(bytes.toString('latin1', at + 1, line));
  if ('$!='.includes(type)) return count < 0 ? line + 2 : bytes.length >= line + 4 + count ? line + 4 + count : 0;
  if (!'*~>%|'.includes(type)) return line + 2;
  let end = line + 2;
  // An attribute stands before the value that it describes.
  const values = type === '%' ? 2 * count : type === '|' ? 2 * count + 1 : count;
  for (let left = values; left > 0; left -= 1) {
    end = end < bytes.length ? respEnd(bytes, end) : 0;
    if (end === 0) return 0;
  }
  return end;
}

function words(command: Buffer): string {
  return command
    .toString('utf8', 0, longestText)
    .replace(/[*$]\d+\r\n/g, '')
    .replaceAll('\r\n', ' ');
}
