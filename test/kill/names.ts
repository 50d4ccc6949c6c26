/**
 * Statements and scripts that a rule waits for have a name, in a comment of theirs: a text would be another one as soon as somebody
 * writes it better. BullMQ's scripts have none.
 */
export const statement = (name: string): RegExp => new RegExp(`/\\* ${name} \\*/`);

/** The commit of a transaction with this statement. */
export const commitOf = (name: string): RegExp => new RegExp(`^COMMIT[^]*/\\* ${name} \\*/`);

/** A script in Redis. */
export const script = (name: string): RegExp => new RegExp(`^eval [^]*-- ${name}\\s`, 'i');
