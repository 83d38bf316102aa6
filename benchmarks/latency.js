// In the page: act on a control, and say how many milliseconds later its answer was painted.
window.latency = (() => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const control = (name) => [...document.querySelectorAll(".jp-Notebook label")]
    .filter((each) => each.textContent === name && each.offsetParent).map((each) => document.getElementById(each.htmlFor))[0];

  /** The next choice of a control, or the one at `index`. */
  function pick(name, index) {
    const chooser = control(name);
    chooser.selectedIndex = (index ?? chooser.selectedIndex + 1) % chooser.options.length;
    chooser.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // What each way shows; the end is, for all three, the frame after the one in which that changed.
  const ways = {
    bare: { shown: () => document.querySelector(".latency-label")?.textContent },
    explorer: { shown: () => document.querySelector(".am-drawing")?.dataset.state },
    naive: { shown: () => document.querySelector(".latency-naive img")?.src, ready: () => document.querySelector(".latency-naive img").decode() },
  };

  /** The time from `act` to the paint of the next answer; null where none came within five seconds. */
  async function timed(way, act) {
    const { shown, ready } = ways[way];
    const before = shown();
    const started = performance.now();
    act();
    const changed = await new Promise((done) => {
      const watch = new MutationObserver(() => { const now = shown(); if (now && now !== before) end(true); });
      const late = setTimeout(() => end(false), 5000);
      const end = (came) => { watch.disconnect(); clearTimeout(late); done(came); };
      watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-state", "src"] });
    });
    if (!changed) return null;
    await ready?.();
    await frame();
    return performance.now() - started;
  }

  /** Twenty changes of one control, five milliseconds apart: what was painted, and which choice stands at the end. */
  async function hurried(name, times) {
    const drawing = document.querySelector(".am-drawing");
    let paints = 0;
    const watch = new MutationObserver(() => paints++);
    watch.observe(drawing, { attributes: true, attributeFilter: ["data-state"] });
    const first = Number(drawing.dataset.state);
    for (let turn = 1; turn <= times; turn++) {
      pick(name, turn);
      await new Promise((done) => setTimeout(done, 5));
    }
    await new Promise((done) => setTimeout(done, 2000));
    watch.disconnect();
    const chooser = control(name);
    const plain = (text) => text.replace(/\s/g, " ");
    return {
      paints, states: Number(drawing.dataset.state) - first,
      shown: plain(drawing.querySelector("figure .am-title").textContent), chosen: plain(chooser.selectedOptions[0].textContent),
      wanted: plain(chooser.options[times % chooser.options.length].textContent),
    };
  }

  /** One value of the kernel, as it writes it. */
  async function asked(expression) {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asking = kernel.requestExecute({ code: "", silent: true, store_history: false, user_expressions: { it: expression } });
    const answer = (await asking.done).content.user_expressions.it;
    return answer.data ? answer.data["text/plain"] : `${answer.ename}: ${answer.evalue}`;
  }

  return {
    timed, hurried, asked, pick,
    picked: (way, name) => timed(way, () => pick(name)),
    options: (name) => { const found = control(name); return found ? found.options.length : 0; },
    leaders: () => document.querySelectorAll(".am-drawing [data-leader]").length,
    clicked: (index) => {
      const marks = document.querySelectorAll(".am-drawing [data-leader]");
      return timed("explorer", () => marks[index % marks.length].dispatchEvent(new MouseEvent("click", { bubbles: true })));
    },
    searched: (name, leader) => timed("explorer", () => {
      const line = control(name);
      line.value = leader;
      line.dispatchEvent(new Event("input", { bubbles: true }));
      line.dispatchEvent(new Event("change", { bubbles: true }));
    }),
  };
})();
