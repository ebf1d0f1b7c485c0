import assert from "node:assert/strict";
import { test } from "node:test";

import { makeUseEvents } from "../../proxyproof/origin/static/react.js";
import { settled } from "./clock.js";
import { Stage } from "./stage.js";

/** As much of React as one component needs: effects, their dependencies, and the double mount. */
class OneComponent {
  #slots = [];
  #next = 0;

  useState = (make) => {
    const slot = (this.#slots[this.#next] ??= { value: make() });
    this.#next += 1;
    return [slot.value, () => {}];
  };

  useMemo = (make) => make();

  useSyncExternalStore = (subscribe, get) => {
    this.useEffect(() => subscribe(() => {}), [subscribe]);
    return get();
  };

  useEffect = (effect, dependencies) => {
    const slot = (this.#slots[this.#next] ??= {});
    this.#next += 1;
    const same = dependencies && slot.dependencies?.every((one, at) => Object.is(one, dependencies[at]));
    Object.assign(slot, { effect, dependencies, isDue: !same });
  };

  render(use) {
    this.#next = 0;
    this.result = use();
    const due = this.#slots.filter(({ isDue }) => isDue);
    due.forEach((slot) => slot.cleanUp?.());
    due.forEach((slot) => Object.assign(slot, { cleanUp: slot.effect(), isDue: false }));
  }

  unmount() {
    this.#slots.forEach((slot) => slot.cleanUp?.());
  }

  /** What StrictMode does after the first mount. */
  mountAgain() {
    this.unmount();
    this.#slots.forEach((slot) => {
      if (slot.effect) slot.cleanUp = slot.effect();
    });
  }
}

function mounted(own = {}) {
  const stage = new Stage();
  const react = new OneComponent();
  const useEvents = makeUseEvents(react);
  const show = (options) =>
    react.render(() =>
      useEvents({
        url: "http://app.test/",
        parts: stage.parts,
        policy: stage.clock.policy(),
        listen: () => () => {},
        ...own,
        ...options,
      }),
    );
  show({});
  return { stage, react, show };
}

test("a component that mounts twice has one connection", async () => {
  const { stage, react } = mounted();
  react.mountAgain();
  await settled();

  assert.equal(stage.made.length, 1);
});

test("a component that mounts twice late has one connection at a time", async () => {
  const { stage, react } = mounted();
  await settled();
  await stage.open();
  react.mountAgain();
  await settled();

  assert.equal(stage.live.length, 1);
});

test("a component that goes leaves no connection", async () => {
  const { stage, react } = mounted();
  await settled();
  await stage.open();
  react.unmount();
  await settled();

  assert.equal(stage.live.length, 0);
});

test("rendering again with a new callback opens nothing", async () => {
  const { stage, show } = mounted();
  await settled();
  show({ onEvent: () => {} });
  await settled();

  assert.equal(stage.made.length, 1);
});

test("another loop changes the connection", async () => {
  const { stage, show } = mounted({ loopId: "a" });
  await settled();
  await stage.open();
  show({ loopId: "b" });
  await settled();

  assert.deepEqual(stage.live.map(({ request }) => request.url), ["ws://app.test/api/ws?loopId=b"]);
});

test("without autoConnect it is the component that connects", async () => {
  const { stage, react } = mounted({ autoConnect: false });
  await settled();
  assert.equal(stage.made.length, 0);
  react.result.connect();
  await settled();

  assert.equal(stage.made.length, 1);
  assert.deepEqual(Object.keys(react.result).sort(), [
    "clearEvents",
    "connect",
    "disconnect",
    "events",
    "reason",
    "status",
    "transport",
  ]);
});
