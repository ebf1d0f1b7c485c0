/** How long to wait before the next attempt. */

/** @typedef {import("./policy.js").Policy} Policy */

/**
 * Exponential backoff with full jitter and a cap.
 *
 * Full jitter: a wait is drawn evenly from zero to a ceiling that doubles with each attempt, so
 * that clients that were cut together do not return together. What a server asked for is a lower
 * bound, to which the drawn part is added for the same reason.
 */
export class Backoff {
  /** @param {Policy} policy */
  constructor(policy) {
    this.policy = policy;
    this.attempts = 0;
    this.reconnectionTime = 0;
  }

  /**
   * Take the reconnection time of an event stream (WHATWG HTML 9.2.6, `retry`).
   *
   * @param {number} seconds
   */
  retry(seconds) {
    this.reconnectionTime = Math.min(seconds, this.policy.retryCap);
  }

  /** Take note of an open connection. It proves nothing yet. */
  opened() {}

  /**
   * Take note of the end of a connection that was open for so many seconds.
   *
   * @param {number} openFor
   */
  ended(openFor) {
    if (openFor >= this.policy.stableSeconds) this.attempts = 0;
  }

  /**
   * Say how many seconds to wait now.
   *
   * @param {number | null} retryAfter seconds that the last answer asked for.
   * @param {boolean} eventStream whether an event stream has ended, whose reconnection `retry`
   *   governs.
   */
  wait(retryAfter, eventStream) {
    const asked = Math.min(retryAfter ?? 0, this.policy.retryCap);
    const lower = eventStream ? Math.max(asked, this.reconnectionTime) : asked;
    const drawn = this.draw(this.ceiling());
    this.attempts += 1;
    return lower + drawn;
  }

  ceiling() {
    return Math.min(this.policy.backoffCap, this.policy.backoffBase * 2 ** this.attempts);
  }

  /** @param {number} ceiling */
  draw(ceiling) {
    return ceiling * this.policy.random();
  }
}
