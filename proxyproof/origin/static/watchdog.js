/** Notices a connection that is dead without having ended. */

/** @typedef {import("./policy.js").Policy} Policy */

/**
 * Bounds the silence of an open connection; every sign of life counts.
 *
 * A connection that can be asked is asked first, half-way, and has the other half to answer:
 * browsers let the timers of a hidden page fire once a minute, so that the time which has passed
 * proves nothing by itself.
 */
export class Watchdog {
  #policy;
  #ask;
  #dead;
  #heardAt = 0;
  /** @type {number | null} when the connection must have shown life, after it was asked. */
  #answerBy = null;
  #cancel = () => {};

  /**
   * @param {Policy} policy
   * @param {(() => void) | null} ask gets a sign of life from a live connection; null: cannot.
   * @param {(detail: string) => void} dead is told once that the connection is dead.
   */
  constructor(policy, ask, dead) {
    this.#policy = policy;
    this.#ask = ask;
    this.#dead = dead;
  }

  /** Begin to watch. */
  start() {
    if (this.#policy.watchdogSeconds === null) return;
    this.feed();
    this.#arm();
  }

  /** Take a sign of life. */
  feed() {
    this.#heardAt = this.#policy.clock();
    this.#answerBy = null;
  }

  /** Doubt the connection, because the page or its network was away. */
  doubt() {
    if (this.#policy.watchdogSeconds === null || this.#answerBy !== null) return;
    if (this.#ask !== null) this.#demand(this.#policy.wakeSeconds);
    this.#arm();
  }

  /** End the watch. */
  stop() {
    this.#cancel();
  }

  #arm() {
    const { clock, after, watchdogSeconds } = this.#policy;
    const patience = (watchdogSeconds ?? 0) / (this.#ask === null ? 1 : 2);
    const due = this.#answerBy ?? this.#heardAt + patience;
    this.#cancel();
    this.#cancel = after(Math.max(0, due - clock()), () => this.#look(patience));
  }

  /** @param {number} patience */
  #look(patience) {
    const now = this.#policy.clock();
    if (now < (this.#answerBy ?? this.#heardAt + patience)) return this.#arm();
    if (this.#ask === null || this.#answerBy !== null) {
      const silence = Math.round((now - this.#heardAt) * 10) / 10;
      return this.#dead(`nothing came for ${silence} s`);
    }
    // Whoever slept for longer than the heartbeat allows does not owe it half of that once more.
    const overslept = now - this.#heardAt >= 2 * patience;
    this.#demand(overslept ? Math.min(patience, this.#policy.wakeSeconds) : patience);
    this.#arm();
  }

  /** @param {number} seconds */
  #demand(seconds) {
    this.#answerBy = this.#policy.clock() + seconds;
    this.#ask?.();
  }
}
