/**
 * Every duration and bound that the client works by, each a named setting in seconds.
 *
 * @typedef {object} Policy
 * @property {number} backoffBase ceiling of the first wait; it doubles with each failure.
 * @property {number} backoffCap the ceiling never exceeds this.
 * @property {number} stableSeconds an open connection of this age has proved itself: failures are
 *   forgotten.
 * @property {number | null} watchdogSeconds silence of this length means dead; null switches the
 *   watchdog off. Choose 1.5 to 2 times the heartbeat of the origin.
 * @property {number} wakeSeconds a WebSocket must answer within this when the page wakes up.
 * @property {number} openTimeout until the answer to the opening request.
 * @property {number} closeTimeout what the closing handshake may take before the next connection.
 * @property {number} atOnceSeconds a WebSocket that is closed within this time and without an
 *   event makes `auto` fall back.
 * @property {number} websocketDeaths so many unstable WebSockets in a row make `auto` fall back.
 * @property {number} returnSeconds at most so long after a fallback, WebSocket is tried again (at
 *   least half of it: the moment is spread, so that a fleet does not return as one).
 * @property {number} returnCap `returnSeconds` doubles after each vain return up to this.
 * @property {number} retryCap longest wait that a server may ask for (`retry:`, `Retry-After`).
 * @property {string | null} ping what is sent on a quiet WebSocket to get an answer; null: nothing,
 *   and then a WebSocket has no watchdog, because a page never sees the pings of the protocol.
 * @property {() => number} random gives a number in [0, 1).
 * @property {() => number} clock gives seconds.
 * @property {(seconds: number, act: () => void) => () => void} after acts once after so many
 *   seconds; what it returns calls that off.
 */

/** @type {Readonly<Policy>} */
export const POLICY = Object.freeze({
  backoffBase: 0.5,
  backoffCap: 30,
  stableSeconds: 10,
  watchdogSeconds: 30,
  wakeSeconds: 5,
  openTimeout: 10,
  closeTimeout: 1,
  atOnceSeconds: 1,
  websocketDeaths: 3,
  returnSeconds: 60,
  returnCap: 600,
  retryCap: 3600,
  ping: '{"type":"ping"}',
  random: Math.random,
  // Not performance.now(): it may stand still while the computer sleeps, and sleep is silence.
  clock: () => Date.now() / 1000,
  after: (seconds, act) => {
    const timer = setTimeout(act, seconds * 1000);
    return () => clearTimeout(timer);
  },
});

const POSITIVE = /** @type {const} */ (["openTimeout", "websocketDeaths", "wakeSeconds"]);
const NOT_NEGATIVE = /** @type {const} */ ([
  "backoffBase",
  "stableSeconds",
  "returnSeconds",
  "closeTimeout",
]);

/**
 * The usual policy with some settings of one's own.
 *
 * @param {Partial<Policy>} [own]
 * @returns {Readonly<Policy>}
 * @throws {RangeError} a number makes no sense.
 */
export function makePolicy(own = {}) {
  const policy = Object.freeze({ ...POLICY, ...own });
  for (const name of POSITIVE) {
    if (!(policy[name] > 0)) throw new RangeError(`${name} must be positive, not ${policy[name]}`);
  }
  for (const name of NOT_NEGATIVE) {
    if (!(policy[name] >= 0)) {
      throw new RangeError(`${name} must not be negative, not ${policy[name]}`);
    }
  }
  if (policy.backoffCap < policy.backoffBase) {
    throw new RangeError(
      `backoffCap (${policy.backoffCap}) must not be below backoffBase (${policy.backoffBase})`,
    );
  }
  return policy;
}
