/**
 * From `unauthorized` to the login and back to the same place.
 *
 * The page asks for itself: the gate before it answers with the login, and leads back here after it.
 * That needs no knowledge of the gate.
 */

const KEY = "proxyproof.login";

/**
 * Load the page anew, unless that was tried just now: a page that comes without a login although
 * the stream is refused would be loaded for ever.
 *
 * @param {object} [around]
 * @param {number} [around.within] seconds in which it is done once only.
 * @param {Pick<Location, "reload">} [around.location]
 * @param {Pick<Storage, "getItem" | "setItem">} [around.storage]
 * @param {() => number} [around.clock] seconds.
 * @returns {boolean} whether the page is on its way; false: show the user a way to log in.
 */
export function goToLogin({
  within = 30,
  location = globalThis.location,
  storage = globalThis.sessionStorage,
  clock = () => Date.now() / 1000,
} = {}) {
  const last = Number(storage.getItem(KEY) ?? Number.NaN);
  if (Math.abs(clock() - last) < within) return false;
  storage.setItem(KEY, String(clock()));
  location.reload();
  return true;
}
