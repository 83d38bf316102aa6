const folded = words => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const box = document.getElementById("chercher"), found = document.getElementById("trouves");
const rows = [...document.querySelectorAll("tbody tr")].map(row => [row, folded(row.textContent)]);
box.addEventListener("input", () => {
  const words = folded(box.value).split(/\s+/);
  for (const [row, told] of rows) row.hidden = !words.every(word => told.includes(word));
  found.textContent = `${rows.filter(([row]) => !row.hidden).length} / ${rows.length}`;
});
document.getElementById("recherche").hidden = false;
