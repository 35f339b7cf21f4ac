"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  const say = t => {
    theme.firstElementChild.textContent = t;
    if (t === "system") delete root.dataset.theme;
    else root.dataset.theme = t;
  };
  theme.hidden = false;
  theme.addEventListener("click", () => say(themes[(themes.indexOf(root.dataset.theme || "system") + 1) % 3]));

  // What a cell says as a number; NaN, which sorts last, where it says none.
  const value = text => {
    const s = text.replaceAll(",", "").replaceAll("−", "-").replace("∞", "Infinity").replace(/[<>%\s]/g, "");
    return s === "" ? NaN : Number(s) + (text.startsWith("<") ? -1e-9 : text.startsWith(">") ? 1e-9 : 0);
  };
  const compare = (a, b) => typeof a === "string"
    ? a.localeCompare(b, undefined, {numeric: true})
    : a < b ? -1 : a > b ? 1 : 0;

  for (const section of document.querySelectorAll("section")) {
    const table = section.querySelector(".tensors");
    const bodies = [...table.tBodies];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((th, column) => {
      if (th.classList.contains("x")) return;
      const kind = th.dataset.s || "number";
      const button = document.createElement("button");
      button.type = "button";
      button.append(...th.childNodes);
      th.append(button);
      const keys = new Map(bodies.map((b, i) => {
        const text = b.rows[0].cells[column].textContent;
        return [b, kind === "text" ? b.querySelector(".name").textContent : kind === "order" ? i : value(text)];
      }));
      button.addEventListener("click", () => {
        const was = th.getAttribute("aria-sort");
        // Of numbers the largest are looked for first.
        const up = was ? was !== "ascending" : kind !== "number";
        heads.forEach(h => h.removeAttribute("aria-sort"));
        th.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = [...bodies].sort((a, b) => {
          const x = keys.get(a), y = keys.get(b);
          if (x !== x || y !== y) return (x !== x) - (y !== y);
          return up ? compare(x, y) : compare(y, x);
        });
        table.append(...order);
      });
    });

    const tools = section.querySelector(".tools");
    const [input, select, output] = [tools.querySelector("input"), tools.querySelector("select"), tools.querySelector("output")];
    const texts = new Map(bodies.map(b => [b, b.rows[0].cells[0].textContent.toLowerCase()]));
    const filter = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const b of bodies) {
        b.hidden = !(words.every(w => texts.get(b).includes(w)) && (!select.value || b.dataset.r === select.value));
        shown += !b.hidden;
      }
      output.textContent = shown === bodies.length ? "" : `${shown} of ${bodies.length} tensors`;
      section.querySelector(".empty").hidden = shown > 0;
    };
    tools.hidden = false;
    tools.addEventListener("submit", e => e.preventDefault());
    input.addEventListener("input", filter);
    select.addEventListener("change", filter);
  }

  // The bin under the pointer, or that the arrow keys chose, and its count.
  const point = (svg, bin) => {
    const counts = svg.dataset.n.split(",");
    bin = Math.max(0, Math.min(counts.length - 1, bin));
    svg.dataset.bin = bin;
    let cursor = svg.querySelector(".cur");
    if (!cursor) {
      cursor = document.createElementNS(svg.namespaceURI, "rect");
      cursor.setAttribute("class", "cur");
      cursor.setAttribute("height", 120);
      cursor.setAttribute("width", 600 / counts.length);
      svg.append(cursor);
    }
    cursor.setAttribute("x", bin * 600 / counts.length);
    const a = Number(svg.dataset.a), step = (Number(svg.dataset.z) - a) / counts.length;
    const edge = svg.classList.contains("log")
      ? k => `2^${a + k}`
      : k => (a + k * step).toPrecision(4);
    const output = svg.parentElement.querySelector("output");
    output.textContent = `${edge(bin)} to ${edge(bin + 1)}: ${Number(counts[bin] || 0).toLocaleString("en")}`;
  };
  for (const svg of document.querySelectorAll("svg.h")) {
    svg.addEventListener("pointermove", e => {
      const box = svg.getBoundingClientRect();
      point(svg, Math.floor((e.clientX - box.left) / box.width * svg.dataset.n.split(",").length));
    });
    svg.addEventListener("keydown", e => {
      const at = "bin" in svg.dataset ? Number(svg.dataset.bin) : -1;
      const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: Infinity}[e.key];
      if (to === undefined) return;
      e.preventDefault();
      svg.parentElement.querySelector("output").setAttribute("aria-live", "polite");
      point(svg, to);
    });
  }
})();
