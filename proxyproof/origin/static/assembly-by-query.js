/**
 * The parts that a stream is made of, as the query of the page chooses: `?fault=js-no-backoff`.
 *
 * An origin with `--page-faults` serves it in the place of `assembly.js`, and no other does.
 */

import { assembled } from "./faults/index.js";
import { PARTS as GOOD } from "./parts.js";

export const PARTS = assembled(GOOD, new URLSearchParams(location.search).getAll("fault"));
