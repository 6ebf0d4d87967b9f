"use strict";
// Makes tables sortable by their headings, and gives long ones a field to filter them by.
(() => {
  const LONG = 12;
  const numeric = (text) => {
    const number = Number.parseFloat(text.replace(/[,%]/g, ""));
    return Number.isNaN(number) ? null : number;
  };
  const counts = (head) => head.dataset.kind === "number" || head.dataset.kind === "share";
  // By code points, not by the reader's language: everybody sees the same order.
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

  function sort(table, column, falling) {
    const body = table.tBodies[0];
    const isNumber = counts(table.tHead.rows[0].cells[column]);
    const rows = [...body.rows].map((row, at) => {
      const text = row.cells[column].textContent;
      return { row, at, key: isNumber ? numeric(text) : text };
    });
    rows.sort((one, other) => {
      if (one.key === null || other.key === null) {
        return (one.key === null) - (other.key === null) || one.at - other.at; // what is unknown stays last
      }
      return (falling ? compare(other.key, one.key) : compare(one.key, other.key)) || one.at - other.at;
    });
    body.append(...rows.map((each) => each.row));
  }

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        // Most wish to see the largest number, or the first name, first.
        const falling = now === null ? counts(head) : now === "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        sort(table, column, falling);
      });
    });
  }

  function makeFilterable(table) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length <= LONG) return;
    const line = document.createElement("div");
    line.className = "filter";
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = "Filter";
    field.setAttribute("aria-label", `Filter: ${table.caption.textContent}`);
    const count = document.createElement("output");
    const texts = rows.map((row) => row.textContent.toLowerCase());
    field.addEventListener("input", () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !wanted.every((word) => texts[at].includes(word));
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted.length ? `${shown} of ${rows.length}` : "";
    });
    line.append(field, count);
    table.parentElement.before(line);
  }

  for (const table of document.querySelectorAll("table")) {
    makeSortable(table);
    makeFilterable(table);
  }
})();
