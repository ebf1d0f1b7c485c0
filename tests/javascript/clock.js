/** Time that passes when a test says so, and a policy that lives by it. */

import { POLICY } from "../../proxyproof/origin/static/policy.js";

export class Clock {
  now = 1000;
  #timers = [];

  after = (seconds, act) => {
    const timer = { at: this.now + seconds, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Let time pass, timer by timer, and let what they begin come to rest. */
  async pass(seconds) {
    const end = this.now + seconds;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = end;
  }

  /** How long until the next timer. */
  get next() {
    return Math.min(...this.#timers.map(({ at }) => at)) - this.now;
  }

  policy(own = {}) {
    return { ...POLICY, clock: () => this.now, after: this.after, random: () => 0.5, ...own };
  }
}

/** Promises come to rest, also those that wait for one another. */
export async function settled() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
