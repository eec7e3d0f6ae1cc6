// SPDX-License-Identifier: Apache-2.0
//
// Run by the browser test inside a report's page: says what a reader would stumble over. The page itself
// has no script.
(() => {
  const problems = [];
  const width = window.innerWidth;
  const page = document.documentElement;
  if (page.scrollWidth > width) problems.push(`the page is ${page.scrollWidth} wide in ${width}`);

  const words = (element) => [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ").trim();
  const name = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">`
    + ` "${words(element).slice(0, 50)}"`;
  const shown = [...document.body.querySelectorAll("*")].filter((element) =>
    words(element) && element.tagName !== "STYLE"
    && element.checkVisibility({ contentVisibilityAuto: true }) && element.getClientRects().length);

  // Text cut off: outside the window, or outside a box that hides what runs over. Tables may be scrolled
  // sideways on a telephone, never on a desk or on paper.
  const mayScroll = width < 700 && !matchMedia("print").matches;
  for (const element of shown) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const box = element.namespaceURI.endsWith("svg") ? element.getBoundingClientRect() : range.getBoundingClientRect();
    let isScrolled = false;
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (around.namespaceURI.endsWith("svg") && around.tagName !== "svg") continue;
      const frame = around.getBoundingClientRect();
      const cutsX = around.tagName === "svg" || style.overflowX !== "visible" || around === element;
      if (!cutsX) continue;
      if (mayScroll && style.overflowX === "auto" && around.classList.contains("scroll")) { isScrolled = true; break; }
      if (style.display === "inline") continue;
      if (box.left < frame.left - 1 || box.right > frame.right + 1)
        problems.push(`cut off at the side: ${name(element)}`);
      if ((around.tagName === "svg" || style.overflowY === "hidden") &&
          (box.top < frame.top - 1 || box.bottom > frame.bottom + 1))
        problems.push(`cut off above or below: ${name(element)}`);
    }
    if (!isScrolled && (box.right > width + 1 || box.left < -1)) problems.push(`outside the window: ${name(element)}`);
  }

  // Letters of charts shrink with the drawing.
  for (const element of shown) {
    const size = parseFloat(getComputedStyle(element).fontSize);
    const matrix = element.namespaceURI.endsWith("svg") ? element.getScreenCTM() : null;
    const scale = matrix ? Math.hypot(matrix.a, matrix.b) : 1;
    if (size * scale < 9) problems.push(`letters of ${(size * scale).toFixed(1)} px: ${name(element)}`);
  }

  // Labels of a chart that lie over each other.
  for (const drawing of document.querySelectorAll("svg")) {
    if (!drawing.checkVisibility()) continue;
    const labels = [...drawing.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    labels.forEach(([text, a], index) => {
      for (const [other, b] of labels.slice(index + 1)) {
        if (a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
          problems.push(`labels overlap: ${name(text)} and ${name(other)}`);
      }
    });
  }

  // Contrast of text against what lies behind it, as WCAG 2 reckons it; 4.5 is its level AA.
  const colour = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  for (const element of shown) {
    const style = getComputedStyle(element);
    let back = [255, 255, 255];
    for (let around = element; around; around = around.parentElement) {
      const value = colour(getComputedStyle(around).backgroundColor);
      if (value.length === 3 || value[3] > 0) { back = value; break; }
    }
    const front = colour(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    const key = `${front}/${back}`;
    if (contrast < 4.5 && !seen.has(key)) {
      seen.add(key);
      problems.push(`contrast ${contrast.toFixed(2)}: ${name(element)}`);
    }
  }

  const figures = [...document.querySelectorAll("[data-field]")].map((element) => ({
    field: element.dataset.field, whole: element.dataset.whole ?? null, text: element.textContent,
  }));
  // Points of each line of each chart, in the units of the drawing, and the labelled marks to read them by.
  const charts = [...document.querySelectorAll("[data-chart]")].map((figure) => {
    const drawing = figure.querySelector("svg.wide");
    const number = (element, attribute) => parseFloat(element.getAttribute(attribute));
    return {
      id: figure.dataset.chart,
      y: [...drawing.querySelectorAll("text.y")].map((text) => [text.textContent, number(text, "y") - 4]),
      lines: [...drawing.querySelectorAll("path.line")].map((path) => path.getAttribute("d").slice(1).split("L")
        .map((point) => point.split(" ").map(Number))),
    };
  });
  // Verdicts: the sums of a certificate's table, or the marks of the checks of a plain run.
  const verdicts = {};
  const count = (target, verdict, number) => { target[verdict] = (target[verdict] ?? 0) + number; };
  const table = document.querySelector("table.verdicts");
  if (table) {
    const parts = {};
    for (const cell of table.querySelectorAll("tbody td[class*=' c-']")) {
      const verdict = cell.getAttribute("class").split(" c-")[1];
      const isSum = cell.parentElement.classList.contains("sum");
      count(isSum ? verdicts : parts, verdict, Number(cell.textContent.replaceAll(",", "")));
    }
    if (Object.keys(parts).some((verdict) => parts[verdict] !== verdicts[verdict]))
      problems.push(`the parts of the table sum up to ${JSON.stringify(parts)}`);
  } else {
    for (const mark of document.querySelectorAll("details > summary .v")) count(verdicts, mark.textContent.trim(), 1);
  }
  return { problems, figures, charts, verdicts, isCertificate: table !== null, scripts: document.scripts.length };
})()
