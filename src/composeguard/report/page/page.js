"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const findings = all(".finding");

  // A link to what is folded away, or filtered out, shows it.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (words && target.closest(".finding, .service") && getComputedStyle(target).display === "none") {
      words.value = "";
      for (const box of boxes) box.checked = box.id !== "only-fixable";
      filter();
    }
    for (let each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
    target.scrollIntoView();
  };

  const words = document.getElementById("words");
  const boxes = all(".filter input[type=checkbox]");
  const shown = document.getElementById("shown");
  const texts = findings.map((each) => {
    const title = each.closest(".service").querySelector("h3").textContent;
    return `${title} ${each.querySelector("summary").textContent}`.toLowerCase();
  });

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    findings.forEach((each, index) => {
      each.classList.toggle("other", !wanted.every((word) => texts[index].includes(word)));
    });
    const visible = findings.filter((each) => getComputedStyle(each).display !== "none");
    const services = new Set(visible.map((each) => each.closest(".service")));
    for (const service of all(".service")) service.classList.toggle("other", !services.has(service));
    shown.textContent = visible.length === findings.length ? "" : `${visible.length} of ${findings.length} shown`;
  };

  if (words) {
    document.getElementById("by-text").hidden = false;
    words.addEventListener("input", filter);
    for (const box of boxes) box.addEventListener("change", filter);
    const unfold = document.getElementById("unfold");
    unfold.addEventListener("click", () => {
      const open = unfold.textContent === "Unfold all";
      for (const each of findings) each.open = open;
      unfold.textContent = open ? "Fold all" : "Unfold all";
    });
    filter();
  }

  addEventListener("hashchange", reveal);
  reveal();

  // Paper has no folds: pictures unfold. Findings go on paper as they stand on the screen, a line each when folded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all(".project").filter((each) => !each.open);
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
})();
