"use strict";
(() => {
  const form = document.getElementById("filters");
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const trials = [...document.querySelectorAll(".t")];
  const sides = [...document.querySelectorAll(".side")];
  const number = new Intl.NumberFormat("en");
  let texts = null;

  const plain = (text) => text.replace(/\\/g, "").replace(/\s+/g, " ").toLowerCase();
  const boxes = (name) => [...form.querySelectorAll(`input[name=${name}]`)];
  const chosen = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);

  function textOf(place) {
    texts ??= trials.map(() => null);
    texts[place] ??= plain(trials[place].textContent);
    return texts[place];
  }

  function tell(shown) {
    const all = trials.length;
    const names = [...form.querySelectorAll("input[type=checkbox]:not(:checked)")];
    const without = names.map((box) => box.parentElement.querySelector(".b").lastChild.data.trim().toLowerCase());
    const parts = [`${number.format(shown)} of ${number.format(all)} trial${all === 1 ? "" : "s"} shown`];
    if (words.value.trim()) parts.push(`with “${words.value.trim()}”`);
    if (without.length) parts.push(`without ${without.join(", ")}`);
    count.textContent = parts.join(", ");
  }

  function filter() {
    const outcomes = new Set(chosen("outcome"));
    const results = chosen("result");
    const every = results.length === boxes("result").length;
    const wanted = plain(words.value).split(" ").filter(Boolean);
    const hasResult = (has) => every || results.some((result) => has.includes(result));
    let shown = 0;
    document.body.dataset.hide = boxes("result").filter((box) => !box.checked).map((box) => box.value).join(" ");
    trials.forEach((trial, place) => {
      const fits = outcomes.has(trial.dataset.o) && hasResult(trial.dataset.has.split(" "))
        && (wanted.length === 0 || wanted.every((word) => textOf(place).includes(word)));
      trial.hidden = !fits;
      shown += fits;
    });
    for (const side of sides) {
      side.hidden = !every && !results.some((result) => side.querySelector(`.c[data-r=${result}]`));
    }
    highlight(wanted);
    tell(shown);
  }

  /* What was searched for is marked where the browser can do so without changing the page. */
  function highlight(wanted) {
    if (!window.Highlight || !CSS.highlights) return;
    CSS.highlights.clear();
    if (wanted.length === 0) return;
    const ranges = [];
    for (const open of document.querySelectorAll(".t:not([hidden]) h3, .t:not([hidden]) details[open] .c")) {
      const walk = document.createTreeWalker(open, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) ranges.push(...found(walk.currentNode, wanted));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function found(node, wanted) {
    const text = node.data.toLowerCase();
    const ranges = [];
    for (const word of wanted) {
      for (let at = text.indexOf(word); at >= 0 && text.length === node.length; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
    return ranges;
  }

  function setOpen(open) {
    for (const one of document.querySelectorAll(".t:not([hidden]) > article > details")) one.open = open;
  }

  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); };
  words.addEventListener("input", soon);
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  document.getElementById("unfold").addEventListener("click", () => setOpen(true));
  document.getElementById("fold").addEventListener("click", () => setOpen(false));
  document.querySelector(".trials").addEventListener("toggle", () => { if (words.value.trim()) soon(); }, true);

  /* On paper everything is open; afterwards it is as it was. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });

  form.hidden = false;
  if (form.querySelector("input:not(:checked)") || words.value) filter(); /* kept by the browser over a reload */
})();
