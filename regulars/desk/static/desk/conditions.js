// The form of conditions. It edits the JSON in a textarea, which is what the page sends: rows and groups are only
// another way to write it. Markup: templates/desk/segments/parts/conditions.html.
(() => {
  const ONE_IS_ENOUGH = new Set(["is_known", "is_unknown"]);
  const LISTS = new Set(["is_any_of", "is_none_of", "has_any_of", "has_all_of", "has_none_of"]);
  const DAYS = new Set(["in_last_days", "in_next_days", "more_than_days_ago"]);
  const DATES = new Set(["date", "datetime"]);
  const FIGURES = new Set(["number", "money"]);

  // ── Between JSON and the tree that the form edits ──────────────────────────
  const newRow = () => ({ kind: "row", what: "", op: "", value: null, isTouched: false });
  const newGroup = (mode = "all", nodes = []) => ({ kind: "group", mode, nodes });

  function fromJson(node) {
    if (Array.isArray(node.all)) return newGroup("all", node.all.map(fromJson));
    if (Array.isArray(node.any)) return newGroup("any", node.any.map(fromJson));
    if (node.not) return newGroup("none", (Array.isArray(node.not.any) ? node.not.any : [node.not]).map(fromJson));
    if ("fact" in node) return factFromJson(node);
    const what = "attribute" in node ? `a:${node.attribute}` : `c:${node.column}`;
    return { ...newRow(), what, op: node.op, value: node.value ?? null };
  }

  function factFromJson(node) {
    const row = { ...newRow(), what: `f:${node.fact}`, period: null, where: null };
    if ("did" in node) row.measure = node.did ? "did" : "didNot";
    else if (node.count) Object.assign(row, { measure: "count", op: node.count.op, value: node.count.value });
    else if (node.sum) Object.assign(row, { measure: `sum:${node.sum.column}`, op: node.sum.op, value: node.sum.value });
    if (node.period) [[row.period, row.periodValue]] = Object.entries(node.period);
    if (node.where) row.where = asGroup(fromJson(node.where));
    return row;
  }

  const asGroup = (node) => (node.kind === "group" ? node : newGroup("all", [node]));

  // `path` is the JSON Pointer under which the server will speak of the part.
  function toJson(node, path, keep) {
    node.path = path;
    if (node.kind === "row") return rowToJson(node, path, keep);
    const inner = { all: "all", any: "any", none: "not/any" }[node.mode];
    const kept = node.nodes.filter((one) => keep(one));
    const nodes = kept.map((one, index) => toJson(one, `${path}/${inner}/${index}`, keep));
    return node.mode === "none" ? { not: { any: nodes } } : { [node.mode]: nodes };
  }

  function rowToJson(row, path, keep) {
    const [kind, key] = [row.what[0], row.what.slice(2)];
    if (kind !== "f") {
      const said = { [kind === "c" ? "column" : "attribute"]: key, op: row.op };
      return ONE_IS_ENOUGH.has(row.op) ? said : { ...said, value: row.value };
    }
    const said = { fact: key };
    if (row.measure === "did" || row.measure === "didNot") said.did = row.measure === "did";
    else if (row.measure === "count") said.count = { op: row.op, value: row.value };
    else said.sum = { column: row.measure.slice(4), op: row.op, value: row.value };
    if (row.period) said.period = { [row.period]: row.periodValue };
    if (row.where && row.where.nodes.some(keep)) said.where = toJson(row.where, `${path}/where`, keep);
    return said;
  }

  const isFilled = (value) =>
    Array.isArray(value) ? value.length > 0 && value.every(isFilled) : value !== null && value !== "" && value !== undefined;

  function isComplete(node) {
    if (node.kind === "group") return node.nodes.some(isComplete);
    if (!node.what) return false;
    const needsValue = node.what[0] === "f" ? !["did", "didNot"].includes(node.measure) : !ONE_IS_ENOUGH.has(node.op);
    return (!needsValue || isFilled(node.value)) && (!node.period || isFilled(node.periodValue));
  }

  // ── Elements ───────────────────────────────────────────────────────────────
  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (name === "class") made.className = value;
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function select(label, options, chosen, onchange) {
    const made = element("select", { class: "form-select", "aria-label": label, onchange: (e) => onchange(e.target.value) });
    const groups = new Map();
    if (chosen && !options.some(({ value }) => String(value) === String(chosen)))
      options = [...options, { value: chosen, label: String(chosen).replace(/^[acf]:/, "") }];
    for (const { value, label: text, group } of options) {
      const option = element("option", { value, selected: String(value) === String(chosen ?? "") }, text);
      if (!group) made.append(option);
      else {
        if (!groups.has(group)) {
          groups.set(group, element("optgroup", { label: group }));
          made.append(groups.get(group));
        }
        groups.get(group).append(option);
      }
    }
    return made;
  }

  function icon(name, sprite) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  }

  // ── The form ───────────────────────────────────────────────────────────────
  class ConditionForm {
    constructor(root, vocabulary) {
      Object.assign(this, { root, vocabulary, words: vocabulary.words });
      this.field = root.querySelector("textarea");
      this.tree = root.querySelector("[data-tree]");
      this.answer = root.querySelector("[data-answer]");
      this.fieldError = root.querySelector("[data-field-error]");
      this.isFilter = root.hasAttribute("data-is-filter");
      this.problems = JSON.parse(root.querySelector('script[type="application/json"]')?.textContent || "[]");
      this.attributes = new Map(vocabulary.attributes.map((one) => [one.key, one]));
      this.facts = new Map(vocabulary.facts.map((one) => [one.key, one]));
      this.field.addEventListener("input", (event) => {
        event.stopPropagation();
        this.readField();
      });
      this.readField();
      root.classList.add("is-ready");
    }

    readField() {
      this.fieldError.textContent = "";
      try {
        const text = this.field.value.trim();
        this.group = asGroup(fromJson(text ? JSON.parse(text).where : { all: [] }));
      } catch {
        this.fieldError.textContent = this.words.unreadable;
        return;
      }
      if (this.problems.length) this.touchAll(this.group);
      toJson(this.group, "/where", this.keep);
      this.render();
      this.ask();
    }

    touchAll(node) {
      node.isTouched = true;
      (node.nodes ?? []).forEach((one) => this.touchAll(one));
      if (node.where) this.touchAll(node.where);
    }

    // A filter looks at what is complete; a segment that is saved must be complete.
    get keep() {
      return this.isFilter ? isComplete : () => true;
    }

    changed({ isStructure = false, focus = null } = {}) {
      const data = { version: 1, where: toJson(this.group, "/where", this.keep) };
      const isEmpty = this.isFilter && !this.group.nodes.some(isComplete);
      const text = isEmpty ? "" : JSON.stringify(data, null, this.isFilter ? 0 : 2);
      const isNew = text !== this.field.value;
      this.field.value = text;
      this.problems = [];
      if (isStructure) this.render(focus);
      if (isNew && this.isFilter) this.field.dispatchEvent(new Event("change", { bubbles: true }));
      this.ask();
    }

    render(focus = null) {
      this.focus = focus;
      this.tree.replaceChildren(this.renderGroup(this.group, { isOutermost: true }));
      if (this.focus instanceof HTMLElement) this.focus.focus();
      this.showProblems();
    }

    renderGroup(group, { parent = null, isOutermost = false, fact = null } = {}) {
      const w = this.words;
      const modes = ["all", "any", "none"].map((mode) => ({ value: mode, label: w[mode] }));
      const legend = fact ? w.only : isOutermost ? w.group : w.inner;
      const head = element("div", { class: "cond-head" }, element("span", {}, legend),
        select(legend, modes, group.mode, (mode) => { group.mode = mode; this.changed(); }));
      if (!isOutermost)
        head.append(this.removeButton(() => {
          if (fact) parent.where = null;
          else parent.nodes.splice(parent.nodes.indexOf(group), 1);
          this.changed({ isStructure: true, focus: parent });
        }));
      const nodes = group.nodes.map((node) =>
        node.kind === "group" ? this.renderGroup(node, { parent: group, fact }) : this.renderRow(node, group, fact));
      const foot = element("div", { class: "cond-foot" },
        this.addButton(fact ? w.addAnother : w.addCondition, () => {
          const row = newRow();
          group.nodes.push(row);
          this.changed({ isStructure: true, focus: row });
        }),
        fact ? null : this.addButton(w.addGroup, () => {
          const row = newRow();
          group.nodes.push(newGroup("any", [row]));
          this.changed({ isStructure: true, focus: row });
        }));
      if (this.focus === group) this.focus = foot.firstChild;
      const empty = isOutermost && !group.nodes.length ? element("p", { class: "quiet cond-empty" }, w.empty) : null;
      const made = element("div", { class: `cond-group${isOutermost ? " is-outermost" : ""}`, role: "group", "aria-label": legend },
        head, empty, ...nodes, this.errorPlace(group), foot);
      return made;
    }

    renderRow(row, group, fact) {
      const what = select(this.words.what, this.choicesOfWhat(fact), row.what, (chosen) => this.choose(row, chosen, fact));
      if (this.focus === row) this.focus = what;
      const described = this.described(row, fact);
      const parts = row.what[0] === "f" ? this.factParts(row) : described ? this.attributeParts(row, described) : [];
      const line = element("div", { class: "cond-line" }, what, ...parts, this.removeButton(() => {
        group.nodes.splice(group.nodes.indexOf(row), 1);
        this.changed({ isStructure: true, focus: group });
      }));
      const made = element("div", { class: "cond-row" }, line, this.errorPlace(row));
      if (described?.help) made.insertBefore(element("p", { class: "form-hint" }, described.help), made.lastChild);
      if (row.where)
        made.append(this.renderGroup(row.where, { parent: row, fact: this.facts.get(row.what.slice(2)) }));
      return made;
    }

    choicesOfWhat(fact) {
      const first = { value: "", label: this.words.choose };
      if (fact) return [first, ...fact.columns.map((one) => ({ value: `c:${one.key}`, label: one.label }))];
      return [
        first,
        ...this.vocabulary.facts.map((one) => ({ value: `f:${one.key}`, label: one.label, group: this.words.happened })),
        ...this.vocabulary.attributes.map((one) => ({ value: `a:${one.key}`, label: one.label, group: one.group })),
      ];
    }

    described(row, fact) {
      const key = row.what.slice(2);
      if (row.what[0] === "a") return this.attributes.get(key);
      return row.what[0] === "c" ? fact?.columns.find((one) => one.key === key) : undefined;
    }

    choose(row, what, fact) {
      Object.assign(row, { what, value: null, period: null, periodValue: null, where: null, isTouched: false });
      if (what[0] === "f") Object.assign(row, { measure: "did", op: "at_least" });
      else row.op = this.described(row, fact)?.operators[0].op ?? "";
      if (this.described(row, fact)?.type === "boolean") row.value = true;
      this.changed({ isStructure: true, focus: row });
    }

    // ── An attribute, or a fact's column ─────────────────────────────────────
    attributeParts(row, described) {
      const isYesOrNo = described.type === "boolean";
      const operators = described.operators.map(({ op, label }) => ({ value: op, label }));
      const how = isYesOrNo ? null : select(this.words.how, operators, row.op, (op) => {
        const kindBefore = this.kindOfValue(row, described);
        row.op = op;
        if (this.kindOfValue(row, described) !== kindBefore) row.value = null;
        this.changed({ isStructure: true });
      });
      return [how, ...this.valueParts(row, described)];
    }

    kindOfValue(row, described) {
      if (ONE_IS_ENOUGH.has(row.op)) return "none";
      if (DAYS.has(row.op)) return "days";
      if (row.op === "in_months") return "months";
      if (row.op === "between") return DATES.has(described.type) ? "dates" : "figures";
      if (LISTS.has(row.op)) return described.choices.length ? "picks" : "words";
      if (DATES.has(described.type)) return "date";
      if (FIGURES.has(described.type)) return "figure";
      return described.choices.length ? "pick" : "word";
    }

    valueParts(row, described) {
      const w = this.words;
      const set = (value) => { row.value = value; row.isTouched = true; this.changed(); };
      const unit = described.type === "money" ? this.vocabulary.currency : described.unit;
      const after = unit ? [element("span", { class: "cond-unit" }, unit)] : [];
      switch (this.kindOfValue(row, described)) {
        case "none": return [];
        case "days": return [this.number(w.value, row.value, set, { min: row.op === "in_last_days" ? 1 : 0, step: 1 }), element("span", { class: "cond-unit" }, w.days)];
        case "date": return [this.date(w.value, row.value, set)];
        case "dates": return this.pair(row, set, (label, value, put) => this.date(label, value, put));
        case "figure": return [this.figure(w.value, row.value, set, described), ...after];
        case "figures": return [...this.pair(row, set, (label, value, put) => this.figure(label, value, put, described)), ...after];
        case "months": return [this.picks(row, this.vocabulary.months.map((name, i) => [i + 1, name]))];
        case "picks": return [this.picks(row, described.choices)];
        case "pick": return [this.pick(row, described, set)];
        case "words": return [this.text(w.value, (row.value ?? []).join(", "),
          (text) => set(text.split(",").map((one) => one.trim()).filter(Boolean)), w.commas)];
        default: return [this.text(w.value, row.value ?? "", set)];
      }
    }

    pick(row, described, set) {
      const options = [{ value: "", label: this.words.choose }, ...described.choices.map(([value, label]) => ({ value, label }))];
      const isYesOrNo = described.type === "boolean";
      return select(this.words.value, isYesOrNo ? options.slice(1) : options, row.value, (value) => set(isYesOrNo ? value === "true" : value));
    }

    picks(row, choices) {
      const chosen = row.value ?? [];
      const labels = new Map(choices.map(([value, label]) => [String(value), label]));
      const free = choices.filter(([value]) => !chosen.includes(value));
      const set = (value) => { Object.assign(row, { value, isTouched: true }); this.changed({ isStructure: true, focus: row }); };
      const adder = select(this.words.value, [{ value: "", label: this.words.choose }, ...free.map(([value, label]) => ({ value, label }))], "",
        (text) => set([...chosen, choices.find(([value]) => String(value) === text)[0]]));
      if (this.focus === row) this.focus = adder;
      const chips = chosen.map((value) =>
        element("button", { type: "button", class: "cond-chip", onclick: () => set(chosen.filter((one) => one !== value)),
          "aria-label": `${this.words.remove}: ${labels.get(String(value)) ?? value}` },
          labels.get(String(value)) ?? String(value), icon("x", this.root.dataset.icons)));
      return element("span", { class: "cond-picks" }, ...chips, adder);
    }

    pair(row, set, control) {
      const value = Array.isArray(row.value) ? row.value : [null, null];
      const put = (index) => (one) => { const next = [...(Array.isArray(row.value) ? row.value : [null, null])]; next[index] = one; set(next); };
      return [control(this.words.from, value[0], put(0)), element("span", { class: "cond-unit" }, "–"), control(this.words.to, value[1], put(1))];
    }

    figure(label, value, set, described) {
      const scale = described.type === "money" ? 10 ** this.vocabulary.minorDigits : 1;
      const shown = value === null || value === undefined ? null : value / scale;
      const step = described.type === "money" ? 1 / scale : "any";
      return this.number(label, shown, (one) => set(one === null ? null : scale === 1 ? one : Math.round(one * scale)), { step });
    }

    number(label, value, set, extra = {}) {
      return element("input", { type: "number", class: "form-control is-number", inputmode: "decimal", "aria-label": label, value, ...extra,
        oninput: (e) => set(e.target.value === "" ? null : Number(e.target.value)) });
    }

    date(label, value, set) {
      return element("input", { type: "date", class: "form-control", "aria-label": label, value, oninput: (e) => set(e.target.value || null) });
    }

    text(label, value, set, placeholder) {
      return element("input", { type: "text", class: "form-control", "aria-label": label, value, placeholder, maxlength: 2000,
        oninput: (e) => set(e.target.value) });
    }

    // ── A fact ───────────────────────────────────────────────────────────────
    factParts(row) {
      const fact = this.facts.get(row.what.slice(2));
      if (!fact) return [];
      const w = this.words;
      const sums = fact.columns.filter((one) => one.addsUp);
      const measures = [
        { value: "did", label: fact.did }, { value: "didNot", label: fact.didNot },
        { value: "count", label: `${fact.did}: ${w.counted}` },
        ...sums.map((one) => ({ value: `sum:${one.key}`, label: one.addsUp })),
      ];
      const parts = [select(w.how, measures, row.measure, (measure) => {
        Object.assign(row, { measure, op: "at_least", value: measure === "count" ? 2 : null });
        this.changed({ isStructure: true });
      })];
      if (row.measure === "count" || row.measure.startsWith("sum:")) {
        const column = sums.find((one) => `sum:${one.key}` === row.measure) ?? { type: "number", unit: w.times, choices: [] };
        const operators = this.vocabulary.measures.map(({ op, label }) => ({ value: op, label }));
        parts.push(select(w.how, operators, row.op, (op) => {
          if ((op === "between") !== (row.op === "between")) row.value = null;
          row.op = op;
          this.changed({ isStructure: true });
        }), ...this.valueParts(row, column));
      }
      parts.push(...this.periodParts(row));
      if (fact.columns.length && !row.where)
        parts.push(this.addButton(w.addColumn, () => {
          const first = newRow();
          row.where = newGroup("all", [first]);
          this.changed({ isStructure: true, focus: first });
        }));
      return parts;
    }

    periodParts(row) {
      const w = this.words;
      const options = [
        { value: "", label: w.ever }, { value: "in_last_days", label: w.periodLast }, { value: "since", label: w.periodSince },
        { value: "before", label: w.periodBefore }, { value: "between", label: w.periodBetween },
      ];
      const set = (value) => { row.periodValue = value; row.isTouched = true; this.changed(); };
      const when = select(w.period, options, row.period ?? "", (period) => {
        Object.assign(row, { period: period || null, periodValue: period === "in_last_days" ? 90 : null });
        this.changed({ isStructure: true });
      });
      if (row.period === "in_last_days")
        return [when, this.number(w.days, row.periodValue, set, { min: 1, step: 1 }), element("span", { class: "cond-unit" }, w.days)];
      if (row.period === "between") {
        const holder = { get value() { return row.periodValue; } };
        return [when, ...this.pair(holder, set, (label, value, put) => this.date(label, value, put))];
      }
      return row.period ? [when, this.date(w.period, row.periodValue, set)] : [when];
    }

    // ── Buttons, remarks, the live answer ────────────────────────────────────
    addButton(label, onclick) {
      return element("button", { type: "button", class: "btn btn-sm", onclick }, icon("plus", this.root.dataset.icons), label);
    }

    removeButton(onclick) {
      return element("button", { type: "button", class: "btn btn-icon btn-ghost cond-remove", "aria-label": this.words.remove, onclick },
        icon("trash", this.root.dataset.icons));
    }

    errorPlace(node) {
      node.errorElement = element("p", { class: "form-error", role: "status" });
      return node.errorElement;
    }

    showProblems() {
      const visit = (node) => {
        const inner = [...(node.nodes ?? []), ...(node.where ? [node.where] : [])];
        // A row that is still being filled in is not scolded.
        const own = this.problems.filter(({ path }) => node.path !== undefined &&
          (path === node.path || path.startsWith(`${node.path}/`)) &&
          !inner.some((one) => path === one.path || path.startsWith(`${one.path}/`)));
        const isShown = own.length > 0 && (node.kind === "group" || node.isTouched);
        if (node.errorElement) node.errorElement.textContent = isShown ? own.map(({ text }) => text).join(" ") : "";
        for (const control of node.errorElement?.parentElement.querySelectorAll(":scope > .cond-line > .form-control, :scope > .cond-line > .form-select") ?? [])
          control.classList.toggle("is-invalid", isShown);
        inner.forEach(visit);
      };
      visit(this.group);
      const whole = this.problems.filter(({ path }) => !path.startsWith("/where"));
      this.fieldError.textContent = whole.map(({ text }) => text).join(" ");
    }

    ask() {
      if (this.isFilter) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.fetchAnswer(), 350);
    }

    async fetchAnswer() {
      this.request?.abort();
      this.request = new AbortController();
      this.answer.setAttribute("aria-busy", "true");
      const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
      try {
        const response = await fetch(this.root.dataset.preview, {
          method: "POST", body: new URLSearchParams({ condition: this.field.value }), headers: { "X-CSRFToken": token }, signal: this.request.signal,
        });
        if (!response.ok) throw new Error(String(response.status));
        this.showAnswer(await response.json());
      } catch (error) {
        if (error.name === "AbortError") return;
        this.answer.querySelector("[data-count]").textContent = "–";
        this.answer.querySelector("[data-sentence]").textContent = this.words.offline;
      }
      this.answer.removeAttribute("aria-busy");
    }

    showAnswer({ problems, countText, sentence }) {
      this.problems = problems;
      this.showProblems();
      this.answer.querySelector("[data-count]").textContent = problems.length ? "–" : countText;
      this.answer.querySelector("[data-sentence]").textContent = problems.length ? this.root.dataset.incomplete : sentence;
    }
  }

  const ready = new WeakSet();
  async function start() {
    for (const root of document.querySelectorAll("[data-conditions]")) {
      if (ready.has(root)) continue;
      ready.add(root);
      const response = await fetch(root.dataset.words);
      if (response.ok) new ConditionForm(root, await response.json());
    }
  }
  start();
  document.addEventListener("htmx:after:swap", start);
})();
