/** Buttons that put the stream to the test: cut it, withdraw WebSockets, restore them. */

import { element, onPress, switchOff, write } from "./elements.js";

/**
 * @typedef {import("./application.js").Application} Application
 * @typedef {import("./application.js").Drill} Act
 * @typedef {import("./announcer.js").Announcer} Announcer
 */

/** The controls of the drill; hidden where the origin allows none. */
export class DrillControls {
  #section = element("drill", HTMLElement);
  #withdraw = element("withdraw", HTMLButtonElement);
  #restore = element("restore", HTMLButtonElement);
  #offered = element("offered", HTMLElement);

  /**
   * @param {Application} application
   * @param {Announcer} announcer
   */
  constructor(application, announcer) {
    this.application = application;
    this.announcer = announcer;
    const websocket = { transport: "websocket" };
    onPress(element("cut", HTMLButtonElement), () => this.#do("cut", "The connection was cut."));
    onPress(this.#withdraw, () => this.#do("withdraw", "WebSockets are withdrawn.", websocket));
    onPress(this.#restore, () => this.#do("restore", "WebSockets are back.", websocket));
  }

  async begin() {
    this.#section.hidden = !(await this.application.drills());
  }

  /** Say what the origin offers now; another tab may have changed it. */
  async refresh() {
    const offered = await this.application.offersWebSocket().catch(() => null);
    if (offered === null) return;
    switchOff(this.#withdraw, !offered);
    switchOff(this.#restore, offered);
    const what = offered ? "offered to" : "withdrawn from";
    write(this.#offered, `WebSocket is ${what} everyone.`);
  }

  /**
   * @param {Act} act
   * @param {string} done
   * @param {import("../message.js").JsonObject} [fields]
   */
  async #do(act, done, fields) {
    try {
      await this.application.drill(act, fields);
      this.announcer.answer(done);
    } catch (error) {
      this.announcer.answer(`Refused: ${error instanceof Error ? error.message : error}`);
    }
    await this.refresh();
  }
}
