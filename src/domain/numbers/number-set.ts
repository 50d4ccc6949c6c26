const parts = 256;

/**
 * A set of phone numbers that takes 11 to 16 bytes each, where a `Set` of texts takes some 100: open addressing in many small tables, each
 * of which grows by half when it is three quarters full. One large table would stand twice in memory whenever it grows.
 * Numbers of up to 15 digits are exact as doubles.
 */
export class NumberSet {
  readonly #tables = Array.from({ length: parts }, () => new Table());
  size = 0;

  /** @returns whether it was new. @param digits of a number above 0. */
  add(digits: string): boolean {
    const value = Number(digits);
    const hash = hashOf(value);
    const isNew = this.#tables[hash % parts]?.add(value, hash) === true;
    if (isNew) this.size += 1;
    return isNew;
  }
}

class Table {
  #slots = new Float64Array(8);
  #size = 0;

  add(value: number, hash: number): boolean {
    if (4 * (this.#size + 1) > 3 * this.#slots.length) this.#grow();
    const at = this.#find(value, hash);
    if (this.#slots[at] === value) return false;
    this.#slots[at] = value;
    this.#size += 1;
    return true;
  }

  #find(value: number, hash: number): number {
    const { length } = this.#slots;
    // The lower bits have chosen the table.
    let at = Math.floor((Math.floor(hash / parts) / (2 ** 32 / parts)) * length);
    while (this.#slots[at] !== 0 && this.#slots[at] !== value) at = at + 1 === length ? 0 : at + 1;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(Math.ceil(1.5 * before.length));
    for (const value of before) if (value !== 0) this.#slots[this.#find(value, hashOf(value))] = value;
  }
}

/** 32 bits. Numbers of one list share their first digits and often follow each other: both halves are mixed. */
function hashOf(value: number): number {
  let mixed = Math.imul(((value % 2 ** 32) | 0) ^ Math.floor(value / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
