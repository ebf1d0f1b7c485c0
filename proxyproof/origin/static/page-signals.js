/**
 * What a browser tells a page about its network and its own life.
 *
 * @typedef {object} Hearer
 * @property {() => void} wake the network or the page is back.
 * @property {(detail: string) => void} interrupt the network or the page has gone.
 */

/**
 * Tell `hearer` until the returned function is called. Without a page (a worker, a test) there is
 * nothing to tell.
 *
 * @param {Hearer} hearer
 * @param {EventTarget} [window]
 * @param {Document} [document]
 * @returns {() => void}
 */
export function listenToPage(hearer, window = globalThis.window, document = globalThis.document) {
  if (!window || !document) return () => {};
  const wake = () => hearer.wake();
  const shown = () => {
    if (document.visibilityState === "visible") hearer.wake();
  };
  const offline = () => hearer.interrupt("the browser is offline");
  // A page with an open connection is not kept for the way back (back/forward cache).
  const hidden = () => hearer.interrupt("the page was put aside");
  const ends = [
    listen(window, "online", wake),
    listen(window, "offline", offline),
    listen(window, "pageshow", wake),
    listen(window, "pagehide", hidden),
    listen(document, "visibilitychange", shown),
    listen(document, "resume", wake),
  ];
  return () => ends.forEach((end) => end());
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {() => void} listener
 */
function listen(target, type, listener) {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
