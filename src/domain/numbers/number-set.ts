/**
 * A set of phone numbers that takes 16 to 32 bytes each, where a `Set` of texts takes some 100: open addressing, and a table
 * that doubles when it is half full. Numbers of up to 15 digits are exact as doubles.
 */
export class NumberSet {
  #slots = new Float64Array(1 << 12);
  size = 0;

  /** @returns whether it was new. @param digits of a number above 0. */
  add(digits: string): boolean {
    if (2 * (this.size + 1) > this.#slots.length) this.#grow();
    const value = Number(digits);
    const at = this.#find(value);
    if (this.#slots[at] === value) return false;
    this.#slots[at] = value;
    this.size += 1;
    return true;
  }

  #find(value: number): number {
    const mask = this.#slots.length - 1;
    // Numbers of one list share their first digits and often follow each other: both halves are mixed.
    const mixed = Math.imul(((value % 2 ** 32) | 0) ^ Math.floor(value / 2 ** 32), 0x9e3779b1);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#slots[at] !== 0 && this.#slots[at] !== value) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(2 * before.length);
    for (const value of before) if (value !== 0) this.#slots[this.#find(value)] = value;
  }
}
