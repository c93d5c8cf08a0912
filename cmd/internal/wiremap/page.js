(() => {
"use strict";
const $ = id => document.getElementById(id);
const q = $("q"), kind = $("kind"), pkg = $("pkg"), shown = $("shown"), reset = $("reset"), nothing = $("nothing");
const total = +$("all").textContent;
const sections = [...document.querySelectorAll(".package")];
const rows = [...document.querySelectorAll(".items tbody tr:not(.group)")].map(el => ({
  el, f: el.dataset.f, k: el.dataset.k, p: el.dataset.p, g: el.dataset.g, d: +el.dataset.d,
  w: el.closest(".package").dataset.w, part: el.closest(".part"), body: el.parentElement,
  text: el.dataset.f ? [el.textContent, el.dataset.s, ...[...el.querySelectorAll("[title]")].map(e => e.title)].join(" ").toLowerCase() : "",
}));
// What a group is called finds what is in it.
for (const r of rows) {
  const head = r.body.querySelector(".group");
  if (head && r.f) r.text += " " + head.textContent.toLowerCase();
}
const drawn = [...document.querySelectorAll(".wm [data-f]")];
const uses = [...document.querySelectorAll(".uses tbody tr")];

const filter = () => {
  const terms = q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const by = pkg.value.slice(0, 1), value = pkg.value.slice(2);
  const on = terms.length > 0 || kind.value !== "" || pkg.value !== "";
  const hits = new Set(), plugins = new Set(), parts = new Map(), bodies = new Set();
  // Backwards, so that what holds a match is met after it.
  const open = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const r = rows[i];
    const hit = r.f !== undefined && (!kind.value || r.k === kind.value) && (!by || r[by] === value) && terms.every(t => r.text.includes(t));
    const holds = open[r.d + 1] === r.body;
    open.length = r.d + 1;
    if (hit || holds) open[r.d] = r.body;
    r.el.hidden = !hit && !holds;
    r.el.classList.toggle("ctx", on && !hit && holds && r.f !== undefined);
    if (hit) {
      hits.add(r.f);
      plugins.add(r.g);
      if (!parts.has(r.part)) parts.set(r.part, new Set());
      parts.get(r.part).add(r.f);
    }
    if (hit || holds) bodies.add(r.body);
  }
  for (const s of sections) {
    const of = n => n === undefined ? 0 : n.size;
    let sum = 0;
    for (const part of s.querySelectorAll(".part")) {
      const n = of(parts.get(part));
      sum += n;
      part.hidden = n === 0;
      count(part.querySelector(".n"), n, on);
      for (const body of part.querySelectorAll("tbody")) body.hidden = !bodies.has(body);
    }
    s.hidden = on && sum === 0;
    count(s.querySelector("h2 .n"), sum, on);
  }
  for (const el of drawn) el.classList.toggle("off", !hits.has(el.dataset.f));
  for (const el of uses) el.hidden = on && !plugins.has(el.dataset.g);
  document.body.classList.toggle("filtering", on);
  nothing.hidden = hits.size > 0 || !on;
  reset.hidden = !on;
  shown.textContent = on ? hits.size + " of " + total : total + " pieces";
  highlight(terms);
};

const count = (el, n, on) => { el.textContent = on ? n + " of " + el.dataset.n : el.dataset.n; };

const highlight = terms => {
  if (!window.CSS || !CSS.highlights) return;
  CSS.highlights.delete("found");
  if (terms.length === 0) return;
  const found = new Highlight();
  let left = 2000;
  for (const r of rows) {
    if (r.el.hidden || left <= 0) continue;
    const walk = document.createTreeWalker(r.el, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode());) {
      const text = node.data.toLowerCase();
      for (const t of terms) {
        for (let at = text.indexOf(t); at >= 0 && left-- > 0; at = text.indexOf(t, at + t.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, Math.min(at + t.length, node.length));
          found.add(range);
        }
      }
    }
  }
  CSS.highlights.set("found", found);
};

// After a choice, what is left is looked at from its beginning.
const choose = () => {
  filter();
  const top = q.form.nextElementSibling.offsetTop - q.form.offsetHeight;
  if (scrollY > top) scrollTo(0, top);
};

const clear = () => { q.value = ""; kind.value = ""; pkg.value = ""; filter(); };

let waiting = 0;
q.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(choose); });
kind.addEventListener("change", choose);
pkg.addEventListener("change", choose);
q.form.addEventListener("submit", e => { e.preventDefault(); filter(); });
q.form.addEventListener("reset", e => { e.preventDefault(); clear(); q.focus(); });
nothing.querySelector("button").addEventListener("click", () => { clear(); q.focus(); });
document.addEventListener("keydown", e => {
  const typing = e.target.matches?.("input,select,textarea,[contenteditable]");
  if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) {
    e.preventDefault();
    q.focus();
    q.select();
  } else if (e.key === "Escape" && e.target === q) {
    if (q.value) { q.value = ""; filter(); } else q.blur();
    e.preventDefault();
  }
});
document.querySelector(".uses").addEventListener("click", e => {
  const row = e.target.closest("button")?.closest("tr");
  if (!row) return;
  const value = "g:" + row.dataset.g;
  pkg.value = pkg.value === value ? "" : value;
  choose();
});
document.querySelector("main").addEventListener("click", async e => {
  const at = e.target.closest(".at");
  if (!at || String(getSelection())) return;
  try {
    await navigator.clipboard.writeText(at.title);
    at.classList.add("done");
    setTimeout(() => at.classList.remove("done"), 1200);
  } catch {
    getSelection().selectAllChildren(at);
  }
});

const theme = $("theme"), root = document.documentElement;
const themes = ["", "dark", "light"];
const sayTheme = () => { theme.textContent = "Theme: " + (root.dataset.theme || "auto"); };
theme.addEventListener("click", () => {
  const next = themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length];
  if (next) root.dataset.theme = next; else delete root.dataset.theme;
  try { if (next) localStorage.setItem("batten-theme", next); else localStorage.removeItem("batten-theme"); } catch {}
  sayTheme();
});
theme.hidden = q.form.hidden = false;
sayTheme();
filter();
})();
