const form = document.getElementById("filters");
const items = [...document.querySelectorAll("#list > li")];
const boxes = [...document.querySelectorAll("a[data-box]")];
const told = document.getElementById("shown");
const everywhere = document.getElementById("everywhere");
let box = "";

const checked = (name) => new Set([...form.querySelectorAll(`input[name=${name}]:checked`)].map((input) => input.value));

function apply() {
  const severities = checked("severity");
  const verdicts = checked("verdict");
  const practice = form.elements.practice.value;
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const item of items) {
    const { severity, verdict, box: where, practice: id } = item.dataset;
    const text = item.textContent.toLowerCase();
    item.hidden = !(severities.has(severity) && verdicts.has(verdict) && (!practice || practice === id)
      && (!box || box === where) && words.every((word) => text.includes(word)));
    count += item.hidden ? 0 : 1;
  }
  told.textContent = `${count} of ${items.length} shown`;
  everywhere.hidden = !box;
  for (const one of boxes) {
    one.classList.toggle("chosen", one.dataset.box === box);
    if (one.dataset.box === box) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
  }
}

for (const one of boxes) {
  one.addEventListener("click", () => { box = box === one.dataset.box ? "" : one.dataset.box; apply(); });
}
everywhere.addEventListener("click", () => { box = ""; apply(); });
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
apply();
