type Rule = { peer: string; moment: string; text: RegExp; mayMiss?: boolean };

/** Which rules of a scene have struck: one that strikes nothing, whoever it was for, waits for what isn't said any more, or never came. */
export class Tally {
  readonly #struck = new Map<string, boolean>();

  /** Counts on a rule. Returns what is to be called when it strikes. */
  countOn({ peer, moment, text, mayMiss = false }: Rule): () => void {
    if (mayMiss) return () => {};
    const rule = `${peer}, ${moment}: ${text}`;
    if (!this.#struck.has(rule)) this.#struck.set(rule, false);
    return () => this.#struck.set(rule, true);
  }

  missed(): string[] {
    return [...this.#struck].flatMap(([rule, hasStruck]) => (hasStruck ? [] : [rule]));
  }
}
