// Words and tables: verdicts, losses, numbers, segments, notes, files, settings. All texts go in as text.

/** A row of buttons of which one is pressed; `choose` is told its place. */
function fillChoice(element, texts, choose) {
  element.replaceChildren(...texts.map((text, place) => {
    const button = make("button", { text });
    button.addEventListener("click", () => choose(place));
    return button;
  }));
}

function showPressed(element, place) {
  [...element.children].forEach((button, k) => button.setAttribute("aria-pressed", k === place));
}

/** The letter of an estimate on its colour. */
function chip(index) {
  const found = make("span", { text: data.estimates[index].letter, classes: "chip" });
  found.style.borderColor = `var(--line-${index % N_COLOURS})`;
  return found;
}

/** Where a number of dB stands on the scale from chance (or 0) to 40 dB. */
const placeOnScale = (value) => `${Math.min(Math.max(value / 40, 0), 1) * 100}%`;

function scaleOf(median) {
  const scale = make("div", { classes: "scale", title: data.grade_tip });
  if (data.chance_db !== null) {
    const chance = make("i", { classes: "chance" });
    chance.style.width = placeOnScale(data.chance_db);
    scale.append(chance);
  }
  for (const level of [10, 20, 30]) {
    const tick = make("i", { classes: "tick" });
    tick.style.left = placeOnScale(level);
    scale.append(tick);
  }
  const mark = make("i", { classes: "mark" });
  mark.style.left = placeOnScale(finite(median));
  if (median !== null) scale.append(mark);
  return scale;
}

function cardOf(estimate, index) {
  const card = make("button", { classes: "card" });
  card.append(make("p", { classes: "card-name" }, chip(index), make("span", { text: estimate.name })));
  card.addEventListener("click", () => lookAt(index));
  if (estimate.error !== undefined) {
    card.append(make("p", { text: estimate.error, classes: "error" }));
    return card;
  }
  const { exact, n_active: count } = scoreOf(index);
  const median = exact.osi_db_median === null ? "" : `${decimals(exact.osi_db_median, 1)} dB`;
  const number = make("span", { text: median, classes: "digits" });
  const legend = ["chance", "10 audible", "20 very close", "30 hard to tell"].map((text) => make("span", { text }));
  card.append(
    make("p", { classes: "verdict" }, make("strong", { text: estimate.verdict.word }), number),
    scaleOf(exact.osi_db_median),
    make("p", { classes: "legend muted small" }, ...legend),
    make("p", { text: estimate.verdict.sentence }),
    make("p", { text: `Median OSI-SNR, exact, ${count} active frames.`, classes: "muted small" }),
  );
  return card;
}

function fillCards() {
  byId("cards").replaceChildren(...data.estimates.map(cardOf));
}

/** The fused loss of every estimate at the present alpha and gamma, with its two terms. */
function fillLosses() {
  const reasons = new Set();
  const rows = data.estimates.map((estimate, index) => {
    if (estimate.error !== undefined) return "";
    const { osi, mc, total } = lossOf(index, state.result, state);
    const why = estimate.why[`${state.result}.fused`] || "";
    if (why) reasons.add(` * ${estimate.letter}: ${why}`);
    const bar = make("div", { classes: "share" }, make("i", { classes: "osi" }), make("i", { classes: "mc" }));
    const whole = Math.max(osi, 0) + Math.max(mc, 0);
    [osi, mc].forEach((term, k) => {
      bar.children[k].style.width = `${whole > 0 ? (100 * Math.max(term, 0)) / whole : 0}%`;
    });
    const sum = `1/OSI ${lossText(osi)} + γ·MC ${lossText(mc)}`;
    const terms = make("span", { text: sum, classes: "muted small digits" });
    const text = `${lossText(total)}${why ? "*" : ""}`;
    const number = make("strong", { text, classes: "digits", title: why, "data-loss": total });
    return make("div", { classes: "loss" }, make("p", {}, chip(index), terms, number), bar);
  });
  byId("losses").replaceChildren(...rows);
  const which = state.method === 1 ? "mean of inverses" : "inverse of mean";
  const group = (data.estimates.find((estimate) => estimate.curves) || { curves: { group: 1 } }).curves.group;
  const pooled = group > 1 ? ` A point of a curve is the mean of ${group} frames.` : "";
  const note = `Fused loss: ${RESULTS[state.result]}, ${which}. Lower is better.`;
  byId("loss-note").textContent = `${note}${pooled} Zoomed out, lines are means.${[...reasons].join("")}`;
}

function cellText(measure, value) {
  return measure.unit === "dB" ? decimals(value, 2) : lossText(value);
}

/** A figure of an estimate, or of the mixture (-1), at the present alpha, gamma and method. */
function figureOf(index, { group, key }) {
  const figures = (scoreOf(index) || {})[group];
  if (!figures) return NaN;
  if (key === "fused") return lossOf(index, group, state).total;
  return key === "mc_mse" ? lossOf(index, group, state).mcMse : finite(figures[key]);
}

const GROUPS = { exact: "Exact, active frames", literal: "Literal, all frames", whole_signal: "Whole signal in time" };

/** One figure of all columns; what is no plain number, or none to trust, gets a footnote in `notes`. */
function figureRow(measure, columns, values, notes) {
  const rivals = values.filter((value, place) => Number.isFinite(value) && columns[place] >= 0);
  const best = rivals.length > 1 && measure.better ? Math[measure.better > 0 ? "max" : "min"](...rivals) : NaN;
  const name = `${measure.group}.${measure.key}`;
  const cells = values.map((value, place) => {
    const why = (columns[place] < 0 ? data.mixture : data.estimates[columns[place]]).why[name];
    if (why && !notes.has(why)) notes.set(why, notes.size + 1);
    const usable = Number.isFinite(value) && (!why || value > 0);
    const missing = why ? "not defined" : "–";
    const isBest = value === best && !why && columns[place] >= 0;
    const cell = make("td", { text: usable ? cellText(measure, value) : missing, classes: isBest ? "best" : "" });
    cell.dataset.value = Number.isFinite(value) ? value : "";
    if (why) cell.append(make("sup", { text: String(notes.get(why)) }));
    return cell;
  });
  return make("tr", { "data-figure": name }, make("th", { text: measure.title }), ...cells);
}

function fillNumbers() {
  const columns = data.estimates.map((_, index) => index).filter((index) => data.estimates[index].error === undefined);
  if (data.mixture && data.mixture.sums) columns.push(-1);
  const heads = columns.map((index) => (index < 0 ? make("th", { text: "Mixture" }) : make("th", {}, chip(index))));
  const rows = [make("tr", {}, make("th"), ...heads)];
  const notes = new Map();
  for (const [group, title] of Object.entries(GROUPS)) {
    const figures = data.measures.filter((measure) => measure.group === group);
    const values = figures.map((measure) => columns.map((index) => figureOf(index, measure)));
    if (group === "whole_signal" && values.flat().every(Number.isNaN)) continue;
    rows.push(make("tr", { classes: "group" }, make("th", { text: title, colspan: columns.length + 1 })));
    rows.push(...figures.map((measure, k) => figureRow(measure, columns, values[k], notes)));
  }
  byId("numbers").replaceChildren(...rows);
  const lines = [...notes].map(([why, mark]) => make("p", {}, make("sup", { text: String(mark) }), ` ${why}`));
  if (byId("numbers").querySelector(".best")) lines.push(make("p", { text: "Bold: the best estimate." }));
  byId("footnotes").replaceChildren(...lines);
}

/** A line of a list that leads to a stretch of time. */
function placeRow({ start, stop }, texts, note, title) {
  const cells = texts.map((text) => make("span", { text, classes: "digits" }));
  const row = make("button", { classes: "row", title }, ...cells);
  if (note) row.append(make("span", { text: note, classes: "note" }));
  row.addEventListener("click", () => goTo(start, stop));
  return row;
}

function fillSegments() {
  const estimate = data.estimates[state.estimate];
  const { segments = [], n_segments: count = 0 } = estimate;
  byId("segments-title").textContent = `Bad segments of ${estimate.letter}`;
  const quiet = ` Frames more than ${estimate.gate_db} dB under the loudest one do not count.`;
  const gate = estimate.gate_db === null ? "" : quiet;
  const more = count > segments.length ? ` The worst ${segments.length} of ${count}.` : "";
  const note = segments.length ? `Frames ${estimate.limit}, worst first.${gate}${more}` : "None.";
  byId("segments-note").textContent = note;
  byId("segments").replaceChildren(...segments.map((segment) => {
    const where = `${timeText(segment.start)} – ${timeText(segment.stop)} ${data.unit}`;
    const lowest = segment.lowest_db === null ? "–" : `${decimals(segment.lowest_db, 1)} dB`;
    return placeRow(segment, [where, segment.kind, lowest], segment.note, segment.frames);
  }));
}

function fillStatic() {
  const names = data.estimates.map((estimate) => estimate.name).join(", ");
  const references = data.references.map((track) => track.name).join(", ");
  document.title = `${names} against ${references} – OSI-SNR`;
  byId("title").textContent = names;
  byId("subtitle").textContent = `against ${references}${data.mixture ? `, from ${data.mixture.name}` : ""}`;
  byId("files").replaceChildren(...data.files.map((file) => {
    const words = [file.words, file.hash && `SHA-256 ${file.hash}…`].filter(Boolean).join(" · ");
    const about = [make("p", { text: file.name }), make("p", { text: words, classes: "muted small" })];
    const role = make("th", { text: `${file.role} ${file.letter}`.trim() });
    return make("tr", {}, role, make("td", { classes: "words" }, ...about));
  }));
  const shown = Object.entries(settings).filter(([, value]) => value !== null && value !== false);
  byId("settings").replaceChildren(...[["version", `osisnr_gui ${data.score.version}`], ...shown].map(([name, value]) =>
    make("div", {}, make("dt", { text: name }), make("dd", { text: String(value) }))));
  byId("notes-section").hidden = !data.notes.length;
  const noted = (note) => placeRow(note, [`${timeText(note.start)} ${data.unit}`], note.text);
  byId("notes").replaceChildren(...data.notes.map(noted));
  byId("notices-section").hidden = !data.notices.length;
  byId("notices").replaceChildren(...data.notices.map((notice) => make("li", { text: notice })));
  byId("footer").textContent = `Made by osisnr_gui ${data.score.version}, ${data.created}. `
    + "This page reads nothing from any other place and sends nothing. Files are named by base name and hash.";
}
