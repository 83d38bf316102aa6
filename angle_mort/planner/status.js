/** One sentence, which screen readers say aloud; and the keys of the table, which JupyterLab would take for its cells. */
function render({ model, el }) {
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  el.append(told);
  const show = () => {
    told.textContent = model.get("told");
  };
  const keep = ({ target }) => {
    if (target.closest(".am-planner")) target.setAttribute("data-lm-suppress-shortcuts", "true");
  };
  show();
  model.on("change:told", show);
  document.addEventListener("focusin", keep);
  return () => document.removeEventListener("focusin", keep);
}

export default { render };
