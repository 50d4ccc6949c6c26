/** How many bytes of bodies a process holds until they are answered: what is beyond is asked to come again. */
const mostBytes = 64_000_000;

/** Counts what is held of all callbacks at the same time. A thousand connections with 4 MB each would else be 4 GB. */
export class Room {
  #left: number;

  constructor(bytes = mostBytes) {
    this.#left = bytes;
  }

  /** A place for one callback. It has to be left, whatever comes of the callback. */
  enter(): Place {
    let taken = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#left) return false;
        taken += bytes;
        this.#left -= bytes;
        return true;
      },
      leave: () => {
        this.#left += taken;
        taken = 0;
      },
    };
  }
}

export type Place = {
  /** @returns whether there is room for so many more bytes */
  take(bytes: number): boolean;
  leave(): void;
};
