/** What the page asks of the application that serves it. */

/**
 * @typedef {import("../message.js").JsonObject} JsonObject
 * @typedef {"cut" | "withdraw" | "restore"} Drill
 */

/** Why a request was refused, in the words of the origin. */
export class Refused extends Error {
  /**
   * @param {number} status 0: no answer.
   * @param {string} detail
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Its endpoints; every request names the case of the page. */
export class Application {
  /** @param {string} token */
  constructor(token) {
    this.token = token;
  }

  /** The address of the streams. */
  get url() {
    return this.#address("");
  }

  /** @returns {Promise<{ user: string | null }>} */
  async whoami() {
    const { user } = await this.#ask("GET", "api/whoami");
    return { user: typeof user === "string" ? user : null };
  }

  /** Whether WebSockets are offered. */
  async offersWebSocket() {
    const { transports } = await this.#ask("GET", "api/health");
    return /** @type {{ websocket?: boolean }} */ (transports)?.websocket === true;
  }

  /** @returns {Promise<string[]>} the ids of the loops, oldest first. */
  async loops() {
    const { loops } = await this.#ask("GET", "api/loops");
    return /** @type {{ id: string }[]} */ (loops ?? []).map(({ id }) => id);
  }

  /**
   * @param {string} id "" lets the origin choose.
   * @returns {Promise<string>}
   */
  async create(id) {
    const loop = await this.#ask("POST", "api/loops", id === "" ? {} : { id });
    return String(loop.id);
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  async log(id, text) {
    await this.#ask("POST", `api/loops/${encodeURIComponent(id)}/log`, { text });
  }

  /**
   * @param {Drill} act
   * @param {JsonObject} [fields]
   */
  async drill(act, fields = {}) {
    await this.#ask("POST", `api/drill/${act}`, fields);
  }

  /** Whether the origin lets pages put it to the test. */
  async drills() {
    return (await this.#ask("GET", "api/drill")).drills === true;
  }

  /** @param {string} path */
  #address(path) {
    const url = new URL(path, document.baseURI);
    url.search = new URLSearchParams({ case: this.token }).toString();
    return url;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {JsonObject} [body]
   * @returns {Promise<JsonObject>}
   */
  async #ask(method, path, body) {
    const json = body && JSON.stringify(body);
    const response = await fetch(this.#address(path), {
      method,
      redirect: "manual",
      ...(json && { body: json, headers: { "Content-Type": "application/json" } }),
    }).catch(() => {
      throw new Refused(0, "no answer from the origin");
    });
    if (response.type === "opaqueredirect") throw new Refused(401, "the session ended: log in");
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, answer.detail ?? `${response.status}`);
    return answer;
  }
}
