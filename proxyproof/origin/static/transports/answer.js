/** Requests by fetch, which can see what a native stream hides: the status of an answer. */

import { ended, secondsOfRetryAfter } from "../ending.js";
import { jsonObject, textOrNull } from "../message.js";

/**
 * @typedef {import("../ending.js").Ending} Ending
 * @typedef {import("../ending.js").TransportName} TransportName
 */

// Enough for a problem document; a refusal may have a body without end.
const REFUSAL_BODY = 64 * 1024;

/**
 * Ask for a stream. A redirect is not followed: it would lead to the page of a login.
 *
 * @param {string} url
 * @param {string | null} lastEventId
 * @param {RequestCredentials} credentials
 * @param {AbortSignal} signal
 */
export function request(url, lastEventId, credentials, signal) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "text/event-stream" };
  if (lastEventId) headers["Last-Event-ID"] = lastEventId;
  return fetch(url, { headers, credentials, signal, redirect: "manual", cache: "no-store" });
}

/** @param {Response} response */
export function isEventStream(response) {
  return response.status === 200 && mediaType(response) === "text/event-stream";
}

/**
 * Describe an answer that is no stream.
 *
 * @param {TransportName} transport
 * @param {Response} response
 * @returns {Promise<Ending>}
 */
export async function refusal(transport, response) {
  if (response.type === "opaqueredirect") {
    return ended(transport, "refused", "refused: redirected, to a login", { redirected: true });
  }
  const contentType = mediaType(response);
  return ended(transport, "refused", await sentence(response, contentType), {
    status: response.status,
    contentType,
    retryAfter: secondsOfRetryAfter(response.headers.get("Retry-After") ?? ""),
  });
}

/** @param {Response} response */
function mediaType(response) {
  return (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/**
 * @param {Response} response
 * @param {string} contentType
 */
async function sentence(response, contentType) {
  const phrase = `refused: ${response.status} ${response.statusText}`.trimEnd();
  if (response.ok) return `${phrase} with ${contentType || "no media type"} instead of a stream`;
  const reason = contentType === "application/problem+json" ? await problem(response) : "";
  return reason ? `${phrase}: ${reason}` : phrase;
}

/**
 * The reason that a problem document gives (RFC 9457 3.1).
 *
 * @param {Response} response
 */
async function problem(response) {
  const document = jsonObject(await beginning(response));
  return textOrNull(document?.detail) ?? textOrNull(document?.title) ?? "";
}

/** @param {Response} response */
async function beginning(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && text.length < REFUSAL_BODY) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
  return text;
}
