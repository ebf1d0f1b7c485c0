/** The loops: which one is shown, a new one, and one that logs so that there is something to see. */

import { element, onPress } from "./elements.js";

/**
 * @typedef {import("./application.js").Application} Application
 * @typedef {import("./announcer.js").Announcer} Announcer
 */

const LOG_EVERY = 500; // milliseconds

/** The controls of the loops. */
export class LoopControls {
  #select = element("loop", HTMLSelectElement);
  #name = element("name", HTMLInputElement);
  #keep = element("keep", HTMLButtonElement);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #logged = 0;
  /** @type {string | null} that logs when all loops are shown. */
  #newest = null;

  /**
   * @param {Application} application
   * @param {Announcer} announcer
   * @param {(loopId: string | null) => void} chosen
   */
  constructor(application, announcer, chosen) {
    this.application = application;
    this.announcer = announcer;
    this.#select.addEventListener("change", () => chosen(this.chosen));
    element("create", HTMLFormElement).addEventListener("submit", (submit) => {
      submit.preventDefault();
      this.#try(() => this.#create());
    });
    onPress(element("once", HTMLButtonElement), () => this.#try(() => this.#log()));
    onPress(this.#keep, () => this.#toggle());
  }

  /** The loop that is shown; null: all. */
  get chosen() {
    return this.#select.value || null;
  }

  /**
   * Offer the loops that there are.
   *
   * @param {string | null} wanted is chosen, if it is among them.
   */
  async begin(wanted) {
    for (const id of await this.application.loops()) this.appeared(id);
    if (wanted !== null && this.#option(wanted)) this.#select.value = wanted;
  }

  /** @param {string} id */
  appeared(id) {
    this.#newest = id;
    if (!this.#option(id)) this.#select.add(new Option(id, id));
  }

  /** @param {string} id */
  vanished(id) {
    if (this.#newest === id) this.#newest = null;
    // The one that is shown stays until another one is chosen: the filter must not widen by itself.
    if (this.chosen !== id) this.#option(id)?.remove();
  }

  async #create() {
    const id = await this.application.create(this.#name.value.trim());
    this.appeared(id);
    this.#name.value = "";
    this.announcer.answer(`Loop ${id} is there.`);
    return id;
  }

  async #log() {
    const id = this.chosen ?? this.#newest ?? (await this.#create());
    this.#logged += 1;
    await this.application.log(id, `line ${this.#logged} of this page`);
    if (this.#timer === undefined) this.announcer.answer(`Loop ${id} logged a line.`);
  }

  #toggle() {
    if (this.#timer !== undefined) {
      this.#rest();
      this.announcer.answer("Logs no more.");
      return;
    }
    this.#timer = setInterval(() => this.#try(() => this.#log()), LOG_EVERY);
    this.#keep.setAttribute("aria-pressed", "true");
    this.announcer.answer("Logs twice a second.");
  }

  #rest() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#keep.setAttribute("aria-pressed", "false");
  }

  /** @param {() => Promise<unknown>} act */
  async #try(act) {
    try {
      await act();
    } catch (error) {
      this.#rest();
      this.announcer.answer(`Refused: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** @param {string} id */
  #option(id) {
    return [...this.#select.options].find((option) => option.value === id);
  }
}
