/** How far the stream has come: the id after which the next connection resumes. */

/** The id of the last event that was received whole, shared by all transports. */
export class Position {
  /** @param {string | null} initial */
  constructor(initial) {
    /** @protected */
    this.value = initial;
  }

  /** What the next connection asks to resume after; null or "": nothing, from now on. */
  get resumeFrom() {
    return this.value;
  }

  /**
   * Take the position that came with an event; null leaves it, "" clears it.
   *
   * @param {string | null} id
   */
  received(id) {
    if (id !== null) this.value = id;
  }

  /** Take note that the transport changes. Ids are the same on all: nothing to do. */
  switched() {}
}
