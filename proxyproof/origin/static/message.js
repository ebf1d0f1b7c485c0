/**
 * What a connection hands over: events, and how far the stream has come with them.
 *
 * @typedef {Record<string, unknown>} JsonObject
 *
 * @typedef {object} StreamEvent one event as it arrived.
 * @property {string} id its own id (`id` of its JSON), "" if it has none.
 * @property {string} type `type` of its JSON; else the event type of the SSE block, else "message".
 * @property {JsonObject} data its JSON object; empty if the text is no JSON object.
 * @property {string} raw the text exactly as received.
 * @property {number} at seconds, by the clock of the policy, of its arrival.
 *
 * @typedef {object} Message
 * @property {StreamEvent} event
 * @property {string | null} position the id to resume from once it is delivered; null: unchanged.
 *
 * @typedef {object} Batch what one read gave.
 * @property {Message[]} messages
 * @property {string | null} position the id to resume from after all of it; null: unchanged.
 * @property {number | null} retry the reconnection time in seconds that the server asked for.
 */

/**
 * Read one event; `type` and `id` hold where its JSON is silent.
 *
 * @param {string} raw
 * @param {number} at
 * @param {string} [type]
 * @param {string} [id]
 * @returns {StreamEvent}
 */
export function readEvent(raw, at, type = "message", id = "") {
  const data = jsonObject(raw);
  const silent = data === null;
  const ownId = textOrNull(data?.id);
  return {
    id: silent ? id : (ownId ?? ""),
    type: textOrNull(data?.type) ?? type,
    data: data ?? {},
    raw,
    at,
  };
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function textOrNull(value) {
  return typeof value === "string" ? value : null;
}

/**
 * The object that a text holds; null if it is no JSON, or not an object with members.
 *
 * @param {string} text
 * @returns {JsonObject | null}
 */
export function jsonObject(text) {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.keys(value).length > 0 ? /** @type {JsonObject} */ (value) : null;
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
