(() => {
  const data = document.getElementById("figures");
  if (!data) return;
  const form = document.getElementById("look-up-form");
  const field = document.getElementById("figure");
  const status = document.getElementById("figure-status");
  const found = document.getElementById("found");
  const list = found.querySelector("dl");
  const ID = /^[a-z2-7]{10}$/;
  let told; // read when somebody asks
  // No id has 0, 1 or 8: who types one from paper means the letter that looks like it.
  const read = (text) =>
    text.trim().toLowerCase().split(/[=#\s:]/).pop().replace(/-/g, "").replace(/0/g, "o").replace(/1/g, "l").replace(/8/g, "b");
  const rowOf = (id) => {
    for (let at = told.ids.indexOf(id); at >= 0; at = told.ids.indexOf(id, at + 1)) if (at % 10 === 0) return at / 10;
    return -1;
  };
  const unitOf = (row) => {
    let left = row;
    return told.units.find(([, count]) => (left -= count) < 0)[0];
  };
  const isIn = (pairs, row) => pairs.some((from, at) => at % 2 === 0 && from <= row && row <= pairs[at + 1]);
  const make = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
  const tell = (id, row) => {
    const [definition, period, group, measure] = told.whats[told.what[row]];
    const [title, version, text, source] = told.definitions[definition];
    const links = told.reports
      .filter(([, , pairs]) => isIn(pairs, row))
      .map(([href, name]) => make("a", name, { href: `${href}#${told.place}${id}` }));
    const decision = told.decisions[told.states.charCodeAt(row) - 97];
    const way = [make("code", `likvard trace ${id} --edition ${told.edition}`)];
    const values = [told.printed[row], unitOf(row), links, period, group, measure, decision, text, version, source, way];
    found.querySelector("h3").textContent = title;
    list.replaceChildren();
    values.forEach((value, at) => {
      if (value === "") return;
      const line = make("dd", "");
      line.append(...[value].flat().flatMap((one, place) => (place ? [" · ", one] : [one])));
      list.append(make("dt", told.labels[at]), line);
    });
    return `${title}, ${unitOf(row)}`;
  };
  const show = (typed) => {
    const { idle, found: some, none, short } = status.dataset;
    const id = read(typed);
    found.hidden = true;
    if (!id) return (status.textContent = idle), false;
    told ??= JSON.parse(data.textContent);
    if (!ID.test(id)) return (status.textContent = short.replace("{example}", told.ids.slice(0, 10))), false;
    const row = rowOf(id);
    if (row < 0) return (status.textContent = none.replace("{id}", () => id)), false;
    status.textContent = some.replace("{what}", () => tell(id, row));
    found.hidden = false;
    return true;
  };
  const follow = () => {
    const id = new URLSearchParams(location.hash.slice(1)).get("figure");
    if (id === null) return;
    field.value = id;
    if (show(field.value)) found.focus();
    else field.focus();
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const hash = `#${new URLSearchParams({ figure: read(field.value) })}`;
    if (location.hash === hash) follow();
    else location.hash = hash;
  });
  field.addEventListener("input", () => show(ID.test(read(field.value)) ? field.value : ""));
  addEventListener("hashchange", follow);
  show("");
  follow();
})();
