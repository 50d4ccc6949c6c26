/** Why a row is rejected; thrown where a row is read, and caught by the recipient reader. */
export class Rejection {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
