/** What the end of a connection means. */

/** @typedef {import("./ending.js").Ending} Ending */

/**
 * `temporary`: the same may work later · `unsuited`: this transport does not work here, another may
 * · `withdrawn`: the origin asks to use the other transport · `forbidden`: log in, unless a box on
 * the way forbids only this transport · `unauthorized`: log in · `final`: the server asks not to
 * come back (204).
 *
 * @typedef {"temporary" | "unsuited" | "withdrawn" | "forbidden" | "unauthorized" | "final"} Meaning
 */

/** @type {ReadonlyMap<number, Meaning>} */
const OF_CLOSE_CODE = new Map([
  [1008, "unsuited"], // policy violation: a foreign page
  [4401, "unauthorized"], // the session has ended
  [4410, "withdrawn"],
]);

// Worth another try of the same (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4), beside all 5xx.
const TEMPORARY_STATUS = new Set([408, 425, 429]);
// Answers of a hop that cannot pass on an upgrade; for an event stream they are an outage.
const NO_UPGRADE_STATUS = new Set([501, 502]);
const PROBLEM = "application/problem+json";

/**
 * Say what an ending means, whatever else the client could do.
 *
 * @param {Ending} ending
 * @returns {Meaning}
 */
export function judge(ending) {
  if (ending.cause === "refused") return ofRefusal(ending);
  if (ending.cause === "closed" && ending.code !== null) {
    return OF_CLOSE_CODE.get(ending.code) ?? "temporary";
  }
  return ending.cause === "timeout" && ending.transport === "websocket" ? "unsuited" : "temporary";
}

/**
 * @param {Ending} ending
 * @returns {Meaning}
 */
function ofRefusal(ending) {
  // Browsers hide where a redirect leads. A stream is not moved, so it leads to the login.
  if (ending.redirected) return "unauthorized";
  const status = ending.status ?? 0;
  if (status < 300) return ofSuccess(ending, status);
  if (status < 500) return ofClientError(ending, status);
  const upgrade = ending.transport === "websocket" && NO_UPGRADE_STATUS.has(status);
  return upgrade ? "unsuited" : "temporary";
}

/**
 * @param {Ending} ending
 * @param {number} status
 * @returns {Meaning}
 */
function ofSuccess(ending, status) {
  // WHATWG HTML 9.2.3: 204 tells an event source to stop reconnecting.
  if (status === 204 && ending.transport !== "websocket") return "final";
  // A page in the place of a stream is the login page; on an upgrade it may also be any page of
  // a server to which nobody passed the upgrade on, so the other transport decides.
  return ending.contentType === "text/html" ? "forbidden" : "unsuited";
}

/**
 * @param {Ending} ending
 * @param {number} status
 * @returns {Meaning}
 */
function ofClientError(ending, status) {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (TEMPORARY_STATUS.has(status)) return "temporary";
  // RFC 9110 15.5.11: gone on purpose. Where there is another transport, it is meant to be used.
  if (status === 410) return "withdrawn";
  // A router whose service is being replaced has no route for a while and says 404 (Traefik,
  // ingress controllers). Only the application's own answer is about the stream itself.
  const ofRouter = ending.transport !== "websocket" && ending.contentType !== PROBLEM;
  return status === 404 && ofRouter ? "temporary" : "unsuited";
}
