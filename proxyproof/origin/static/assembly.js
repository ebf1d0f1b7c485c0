/**
 * Which parts a stream is made of, unless its maker says otherwise: the good ones.
 *
 * An origin that was started for it serves `assembly-by-query.js` in the place of this file.
 */

export { PARTS } from "./parts.js";
