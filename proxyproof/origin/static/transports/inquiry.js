/**
 * Why a native stream did not open: browsers hide it, so the same address is asked by fetch.
 *
 * A WebSocket that is refused, redirected to a login or met by nobody looks the same to a page
 * (RFC 6455 4.1 with WHATWG WebSockets: close code 1006), and so does an EventSource. An origin
 * answers 426 to a request for a WebSocket that is none.
 */

import { ended } from "../ending.js";
import { isEventStream, refusal, request } from "./answer.js";

/**
 * @typedef {import("../ending.js").Ending} Ending
 * @typedef {import("./connection.js").Connection} Connection
 */

/**
 * Find out what the server says at the address of a stream that did not open.
 *
 * @param {Connection} connection
 * @param {string} url the same address, with the scheme of HTTP.
 * @param {AbortSignal} signal that the connection is over: what is asked then is not waited for.
 * @returns {Promise<Ending>}
 */
export async function inquire({ request: asked, wiring }, url, signal) {
  const { transport, lastEventId } = asked;
  try {
    const response = await request(url, lastEventId, wiring.credentials, signal);
    if (!isEventStream(response)) return await refusal(transport, response);
    return ended(transport, "aborted", "did not open, and now it would");
  } catch (error) {
    return ended(transport, "unreachable", `unreachable: ${String(error)}`);
  }
}
