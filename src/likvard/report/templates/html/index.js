(() => {
  // A name is compared without case and accents, so that "aso" finds "Åsö".
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const form = document.getElementById("search");
  const field = document.getElementById("name");
  const status = document.getElementById("matches");
  const areas = [...document.querySelectorAll(".area")].map((area) => ({
    area,
    title: plain(area.querySelector("h3").textContent),
    rows: [...area.querySelectorAll("[data-name]")].map((row) => [row, plain(row.dataset.name)]),
  }));
  const find = () => {
    const wanted = plain(field.value);
    let count = 0;
    for (const { area, title, rows } of areas) {
      const whole = title.includes(wanted); // an area that matches is shown with all its schools
      let found = 0;
      for (const [row, name] of rows) {
        row.hidden = !whole && !name.includes(wanted);
        if (!row.hidden) found += 1;
      }
      area.hidden = !whole && !found;
      count += found + (whole ? 1 : 0);
    }
    const { all, some, none } = status.dataset;
    status.textContent = !wanted ? all : count ? some.replace("{count}", count) : none;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", find);
  find();
})();
