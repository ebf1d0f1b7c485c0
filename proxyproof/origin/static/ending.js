/**
 * How one connection ended: facts only. What they mean is for `rules.js` to say.
 *
 * @typedef {"websocket" | "sse" | "eventsource"} TransportName
 *
 * @typedef {"unreachable" | "timeout" | "refused" | "closed" | "aborted" | "silent" | "replaced"
 *   | "offline"} Cause
 *   `unreachable`: nobody answered · `timeout`: no answer to the opening request in time ·
 *   `refused`: answered with anything but a stream · `closed`: ended in the way the protocol ends ·
 *   `aborted`: cut off · `silent`: nothing came for longer than the heartbeat allows ·
 *   `replaced`: given up by the client, for another connection or for good · `offline`: the browser
 *   lost its network or put the page aside.
 *
 * @typedef {object} Ending
 * @property {TransportName} transport
 * @property {Cause} cause
 * @property {string} detail the same for a reader, with what was observed.
 * @property {number | null} status status code of a refusal.
 * @property {boolean} redirected the refusal was a redirect; a page cannot learn more about it.
 * @property {string} contentType media type of a refusal, lower case, without parameters.
 * @property {number | null} retryAfter seconds that the server asked to wait.
 * @property {number | null} code close code of the WebSocket; 1006 if it was cut off.
 * @property {number | null} openFor seconds that it was open; null if it never was.
 * @property {number} events how many events came.
 * @property {number} reads how many pieces of the stream came, greetings and comments included.
 */

/**
 * An ending of which only some is known.
 *
 * @param {TransportName} transport
 * @param {Cause} cause
 * @param {string} detail
 * @param {Partial<Ending>} [facts]
 * @returns {Ending}
 */
export function ended(transport, cause, detail, facts = {}) {
  const nothing = {
    status: null,
    redirected: false,
    contentType: "",
    retryAfter: null,
    code: null,
    openFor: null,
    events: 0,
    reads: 0,
  };
  return { transport, cause, detail, ...nothing, ...facts };
}

/**
 * Read a `Retry-After` field (RFC 9110 10.2.3): delay in seconds or HTTP date.
 *
 * @param {string} value
 * @param {number} [now] milliseconds since 1970.
 * @returns {number | null} seconds from now, never negative; null if the value is neither.
 */
export function secondsOfRetryAfter(value, now = Date.now()) {
  const text = value.trim();
  if (/^[0-9]+$/.test(text)) return Number(text);
  // Date.parse() would also take "1.5" and "-3", which are neither delay nor date.
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : Math.max(0, (moment - now) / 1000);
}
