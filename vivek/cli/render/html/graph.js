"use strict";
// Draws which module imports which: folders that can be opened, importers above what they import.
(() => {
  const place = document.getElementById("graph");
  if (!place) return;
  const data = JSON.parse(document.getElementById("graph-data").textContent);
  if (!data.modules.length) {
    if (data.left_out) {
      place.hidden = false;
      place.textContent = `${data.left_out} modules are too many to draw; the tables have the largest.`;
    }
    return;
  }
  const SVG = "http://www.w3.org/2000/svg";
  const FEW = 9, MANY = 30, MOST = 90, WIDTH = 132, HEIGHT = 38, GAP = 18, ROW = 84;
  const paths = data.modules.map((module) => module[0]);
  const numbers = new Map(paths.map((path, at) => [path, at]));
  const sources = data.modules.some((module) => !module[2]);
  const state = { open: new Set([""]), chosen: null, tests: !sources, hidden: 0 };

  const make = (name, text, parent) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const draw = (name, values, parent) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, String(value));
    parent.append(element);
    return element;
  };

  // The node that stands for a module: itself, or the outermost of its folders that is not open.
  function nodeOf(path) {
    let end = path.indexOf("/");
    while (end >= 0) {
      const folder = path.slice(0, end);
      if (!state.open.has(folder)) return folder;
      end = path.indexOf("/", end + 1);
    }
    return path;
  }

  function graphNow() {
    const nodes = new Map();
    const at = [];
    data.modules.forEach(([path, lines, isTest], number) => {
      if (isTest && !state.tests) return;
      const name = nodeOf(path);
      if (!nodes.has(name)) nodes.set(name, { name, modules: 0, lines: 0, folder: !numbers.has(name), to: new Map(), from: new Map(), inside: 0 });
      const node = nodes.get(name);
      node.modules += 1;
      node.lines += lines;
      at[number] = node;
    });
    for (const [source, target, weight, round] of data.imports) {
      const one = at[source], other = at[target];
      if (!one || !other) continue;
      if (one === other) { one.inside += weight; continue; }
      const edge = one.to.get(other) ?? { one, other, weight: 0, round: false };
      edge.weight += weight;
      edge.round ||= Boolean(round);
      one.to.set(other, edge);
      other.from.set(one, edge);
    }
    return nodes;
  }

  // Of too many nodes the best connected are drawn, and how many are not is said.
  function legible(nodes) {
    const all = [...nodes.values()];
    state.hidden = Math.max(0, all.length - MOST);
    if (!state.hidden) return all;
    const rank = (node) => node.to.size + node.from.size;
    const kept = new Set(all.sort((one, other) => rank(other) - rank(one) || (one.name < other.name ? -1 : 1)).slice(0, MOST));
    for (const node of kept) {
      for (const map of [node.to, node.from]) for (const other of map.keys()) if (!kept.has(other)) map.delete(other);
    }
    return [...kept];
  }

  // Opens the largest folders until there is something to see.
  function openFirst() {
    for (let tries = 0; tries < 40; tries += 1) {
      const nodes = [...graphNow().values()];
      const folders = nodes.filter((node) => node.folder).sort((one, other) => other.modules - one.modules || (one.name < other.name ? -1 : 1));
      if (!folders.length || nodes.length >= FEW) return;
      const before = nodes.length;
      state.open.add(folders[0].name);
      if (graphNow().size > MANY && before > 1) { state.open.delete(folders[0].name); return; }
    }
  }

  // Levels from the top down: the longest way from a node that nothing imports; edges that would go round are passed over.
  function levels(nodes) {
    const level = new Map(), under = new Set();
    const below = new Map(nodes.map((node) => [node, []]));
    const visit = (start) => {
      const stack = [[start, [...start.to.keys()]]];
      under.add(start);
      while (stack.length) {
        const [node, rest] = stack[stack.length - 1];
        const next = rest.shift();
        if (next === undefined) { stack.pop(); under.delete(node); level.set(node, 0); continue; }
        if (under.has(next)) continue;
        below.get(node).push(next);
        if (!level.has(next)) { stack.push([next, [...next.to.keys()]]); under.add(next); }
      }
    };
    const order = [...nodes].sort((one, other) => one.from.size - other.from.size || (one.name < other.name ? -1 : 1));
    for (const node of order) if (!level.has(node)) visit(node);
    const done = [...level.keys()].reverse(); // whoever finished last stands above
    for (const node of done) for (const other of below.get(node)) level.set(other, Math.max(level.get(other), level.get(node) + 1));
    return level;
  }

  function arranged(nodes, width) {
    const across = Math.max(2, Math.floor((width - GAP) / (WIDTH + GAP)));
    const level = levels(nodes);
    const rows = [];
    for (const node of [...nodes].sort((one, other) => (one.name < other.name ? -1 : 1))) (rows[level.get(node)] ??= []).push(node);
    const spread = (row) => row.forEach((node, at) => { node.order = (at + 0.5) / row.length; });
    const lonely = [];
    const filled = rows.filter(Boolean);
    filled[0] = filled[0].filter((node) => node.to.size + node.from.size || !lonely.push(node));
    const linked = filled.filter((row) => row.length);
    linked.forEach(spread);
    const mean = (map, node) => (map.size ? [...map.keys()].reduce((sum, other) => sum + other.order, 0) / map.size : node.order);
    for (let sweep = 0; sweep < 4; sweep += 1) {
      const down = sweep % 2 === 0;
      for (const row of down ? linked : [...linked].reverse()) {
        const wish = new Map(row.map((node) => [node, mean(down ? node.from : node.to, node)]));
        row.sort((one, other) => wish.get(one) - wish.get(other) || (one.name < other.name ? -1 : 1));
        spread(row);
      }
    }
    if (lonely.length) linked.push(lonely);
    let y = GAP;
    for (const row of linked) {
      const lines = Math.ceil(row.length / across), each = Math.ceil(row.length / lines);
      row.forEach((node, at) => {
        const line = Math.floor(at / each), inLine = Math.min(each, row.length - line * each);
        const step = Math.min(WIDTH + 4 * GAP, (width - GAP) / inLine);
        node.x = width / 2 + (at % each - (inLine - 1) / 2) * step;
        node.y = y + line * (HEIGHT + GAP);
      });
      y += lines * (HEIGHT + GAP) - GAP + ROW - HEIGHT;
    }
    return y;
  }

  const tools = make("div", undefined, place);
  tools.className = "tools";
  const search = make("input", undefined, tools);
  search.type = "search";
  search.placeholder = "Find a module";
  search.setAttribute("aria-label", "Find a module");
  search.setAttribute("list", "graph-names");
  const names = make("datalist", undefined, tools);
  names.id = "graph-names";
  for (const path of paths.slice(0, 3000)) make("option", undefined, names).value = path;
  const button = (text, act, parent = tools) => {
    const made = make("button", text, parent);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  button("Start again", () => { state.open = new Set([""]); state.chosen = null; openFirst(); show(); });
  if (sources && data.modules.some((module) => module[2])) {
    const tests = button("Show tests", () => {
      state.tests = !state.tests;
      tests.textContent = state.tests ? "Hide tests" : "Show tests";
      tests.setAttribute("aria-pressed", String(state.tests));
      show();
    });
    tests.setAttribute("aria-pressed", "false");
  }
  const key = make("span", undefined, tools);
  key.className = "key";
  for (const [name, text] of [["out", "imports"], ["in", "is imported by"], ["round", "closes a cycle"]]) {
    make("b", text, key).className = name;
    key.append(" ");
  }
  const map = make("div", undefined, place);
  map.className = "map";
  const chosen = make("div", undefined, place);
  chosen.className = "chosen";
  chosen.setAttribute("aria-live", "polite");

  const short = (name) => {
    const parts = name.split("/");
    // Every folder has one of these: its name tells which one it is.
    const last = parts.slice(/^(__init__|index|main|mod)\./.test(parts.at(-1)) ? -2 : -1).join("/");
    return last.length > 17 ? `${last.slice(0, 16)}…` : last;
  };
  const several = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

  function show(focus = false) {
    const nodes = graphNow();
    if (state.chosen !== null && !nodes.has(state.chosen)) state.chosen = null;
    const drawn = legible(nodes);
    const width = Math.max(map.clientWidth - 2, 330);
    map.replaceChildren();
    const height = arranged(drawn, width);
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": "Imports between modules" }, map);
    const lines = new Map();
    for (const node of drawn) {
      for (const edge of node.to.values()) {
        const down = edge.other.y > node.y;
        const from = down ? node.y + HEIGHT : node.y, to = down ? edge.other.y : edge.other.y + HEIGHT;
        const bend = down ? Math.min(60, (to - from) / 2 + 6) : edge.other.y === node.y ? -30 : -50;
        const line = `M${node.x.toFixed(1)} ${from}C${node.x.toFixed(1)} ${from + bend} ${edge.other.x.toFixed(1)} ${to - bend} ${edge.other.x.toFixed(1)} ${to}`;
        const wide = (1 + Math.log2(edge.weight) / 3).toFixed(2);
        lines.set(edge, draw("path", { d: line, "stroke-width": wide, class: edge.round ? "round" : "" }, svg));
      }
    }
    for (const node of drawn) {
      node.shape = draw("g", { role: "button", tabindex: 0, class: node.folder ? "folder" : "" }, svg);
      draw("title", {}, node.shape).textContent = node.name;
      draw("rect", { x: (node.x - WIDTH / 2).toFixed(1), y: node.y, width: WIDTH, height: HEIGHT, rx: 6 }, node.shape);
      draw("text", { x: node.x.toFixed(1), y: node.y + 16 }, node.shape).textContent = short(node.name) + (node.folder ? "/" : "");
      const size = draw("text", { x: node.x.toFixed(1), y: node.y + 30, class: "size" }, node.shape);
      size.textContent = node.folder ? several(node.modules, "module") : several(node.lines, "line");
      node.shape.addEventListener("click", () => choose(node));
      node.shape.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(node); }
      });
      node.shape.addEventListener("mouseenter", () => { if (state.chosen === null) hold(node, lines); });
      node.shape.addEventListener("mouseleave", () => { if (state.chosen === null) release(lines, drawn); });
    }
    const held = nodes.get(state.chosen);
    if (held?.shape) {
      hold(held, lines);
      if (focus) held.shape.focus();
    }
    describe(held);
  }

  function hold(node, lines) {
    map.classList.add("held");
    node.shape?.classList.add("mid");
    for (const [maps, name] of [[node.to, "out"], [node.from, "in"]]) {
      for (const [other, edge] of maps) {
        lines.get(edge)?.classList.add(name);
        other.shape?.classList.add("near");
      }
    }
  }

  function release(lines, drawn) {
    map.classList.remove("held");
    for (const line of lines.values()) line.classList.remove("out", "in");
    for (const node of drawn) node.shape.classList.remove("near", "mid");
  }

  function choose(node) {
    if (state.chosen === node.name && node.folder) { state.open.add(node.name); state.chosen = null; } else state.chosen = node.name;
    map.classList.remove("held");
    show(true);
  }

  function describe(node) {
    chosen.replaceChildren();
    if (!node) {
      map.classList.remove("held");
      const more = state.hidden ? ` ${several(state.hidden, "node")} with the fewest imports are not drawn.` : "";
      make("p", `Choose a module to see what it imports and who imports it; choose a folder again to open it.${more}`, chosen).className = "about";
      return;
    }
    make("h3", node.name + (node.folder ? "/" : ""), chosen);
    make("p", `${several(node.modules, "module")}, ${several(node.lines, "line")}${node.inside ? `, ${several(node.inside, "import")} inside` : ""}.`, chosen).className = "about";
    const buttons = make("div", undefined, chosen);
    buttons.className = "tools";
    if (node.folder) button("Open the folder", () => { state.open.add(node.name); state.chosen = null; show(); }, buttons);
    const around = node.name.includes("/") ? node.name.slice(0, node.name.lastIndexOf("/")) : null;
    if (around !== null) {
      button(`Close ${around}/`, () => {
        for (const name of [...state.open]) if (name === around || name.startsWith(`${around}/`)) state.open.delete(name);
        state.chosen = nodeOf(node.name);
        show(true);
      }, buttons);
    }
    button("Choose nothing", () => { state.chosen = null; show(); }, buttons);
    for (const [title, edges] of [["Imports", node.to], ["Imported by", node.from]]) {
      make("h3", `${title}: ${edges.size}`, chosen);
      const list = make("ul", undefined, chosen);
      for (const [other, edge] of [...edges].sort((one, two) => two[1].weight - one[1].weight || (one[0].name < two[0].name ? -1 : 1))) {
        make("code", other.name, make("li", undefined, list));
        list.lastChild.append(` ${edge.weight}${edge.round ? ", closes a cycle" : ""}`);
      }
    }
  }

  search.addEventListener("change", () => {
    const wanted = search.value.trim();
    const path = numbers.has(wanted) ? wanted : paths.find((each) => wanted && each.toLowerCase().includes(wanted.toLowerCase()));
    if (path === undefined) return;
    if (data.modules[numbers.get(path)][2]) state.tests = true;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) state.open.add(path.slice(0, end));
    state.chosen = path;
    show(true);
  });
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => show(), 150); });

  place.hidden = false;
  openFirst();
  show();
})();
