/** The elements of the document that the page works with. */

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} Kind
 * @returns {T}
 * @throws {TypeError} the document has no such element.
 */
export function element(id, Kind) {
  const found = document.getElementById(id);
  if (!(found instanceof Kind)) throw new TypeError(`#${id}: ${Kind.name} expected, got ${found}`);
  return found;
}

/**
 * Write a text where it is another one: what did not change costs no layout.
 *
 * @param {Element} where
 * @param {string} text
 */
export function write(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/**
 * Make a button unusable and let it keep the focus, which `disabled` would take away.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} off
 */
export function switchOff(button, off) {
  button.setAttribute("aria-disabled", String(off));
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => unknown} act
 */
export function onPress(button, act) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") act();
  });
}
