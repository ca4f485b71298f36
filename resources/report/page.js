// The page: builds the plots, connects controls and keys, and starts once everything is unpacked.

const canvases = {};

/** Bring an estimate into view. */
function lookAt(index) {
  if (!data.estimates[index]) return;
  state.estimate = index;
  showPressed(byId("cards"), index);
  fillSegments();
  setTitles();
  repaint();
}

function addRow(id, classes, paint) {
  const title = make("p", { classes: "row-title", id: `title-${id}` });
  const canvas = make("canvas", { classes, id: `plot-${id}`, role: "img" });
  byId("rows").append(make("div", { classes: "plot" }, title, canvas));
  canvases[id] = canvas;
  followPointer(canvas);
  painters.push(() => paint(canvas));
}

const referenceOf = () => data.references[data.estimates[state.estimate].reference] || data.references[0];

function buildRows() {
  const hasPictures = data.references.some((track) => track.picture);
  if (hasPictures) addRow("reference", "picture", (canvas) => paintPicture(canvas, referenceOf().picture));
  if (hasPictures) addRow("estimate", "picture", (canvas) => paintPicture(canvas, pictureInView()));
  addRow("osi", "curve", paintOsi);
  addRow("loss", "curve last", paintLoss);
  painters.unshift(() => paintOverview(byId("overview")));
  followOverview(byId("overview"));
}

/** The estimate's picture, or the mixture's while that is heard. */
function pictureInView() {
  const track = player.tracks[player.heard];
  if (track && track.kind === "mixture" && data.mixture && data.mixture.picture) return data.mixture.picture;
  return data.estimates[state.estimate].picture;
}

function setTitles() {
  const estimate = data.estimates[state.estimate];
  const isOwn = pictureInView() === estimate.picture;
  const shown = isOwn ? `${estimate.letter}  ${estimate.name}` : `Mixture  ${data.mixture.name}`;
  const unit = data.unit === "s" ? "Hz" : "bin";
  const chance = data.chance_db === null ? "" : "; dotted: chance";
  const bad = estimate.n_segments ? `orange: bad segments of ${estimate.letter}` : `no bad segments in ${estimate.letter}`;
  byId("title-overview").textContent = `Whole file; ${bad}. Drag moves the view`;
  const titles = {
    reference: `Reference  ${referenceOf().name}, ${unit}`,
    estimate: `${shown}, ${unit}`,
    osi: `OSI-SNR per frame, dB: ${RESULTS[state.result]}; dashed: bad below ${data.threshold_db} dB${chance}`,
    loss: `Loss per frame, 1/OSI + γ·MC-MSE at α ${+state.alpha.toPrecision(4)}: ${RESULTS[state.result]}`,
  };
  for (const [id, canvas] of Object.entries(canvases)) {
    byId(`title-${id}`).textContent = titles[id];
    canvas.setAttribute("aria-label", titles[id]);
  }
}

// Playback controls.

function nameOf({ kind, index }) {
  if (kind === "estimate") return data.estimates[index].letter;
  if (kind === "mixture") return "Mixture";
  return data.references.length > 1 ? `Reference ${index + 1}` : "Reference";
}

function keyOf({ kind, index }) {
  if (kind === "mixture") return "M";
  const digit = kind === "reference" ? index : index + 1;
  return (kind === "reference" ? digit === 0 : digit < 10) ? String(digit) : "";
}

function hear(kind, index = 0) {
  player.hear(player.placeOf(kind, index));
  if (kind === "estimate") lookAt(index);
  setTitles();
  repaint();
}

/** The reference of the estimate in view, else the first one. */
function hearReference() {
  const { reference } = data.estimates[state.estimate];
  hear("reference", player.placeOf("reference", reference) >= 0 ? reference : 0);
}

function fillSources() {
  const order = ["reference", "estimate", "mixture"];
  const tracks = [...player.tracks].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.index - b.index);
  byId("sources").replaceChildren(...tracks.map((track) => {
    const [text, key, place] = [nameOf(track), keyOf(track), player.tracks.indexOf(track)];
    const title = `Hear ${text}${key && ` (${key})`}`;
    const button = make("button", { "data-place": place, title }, ...(key ? [make("kbd", { text: key })] : []), text);
    button.addEventListener("click", () => hear(track.kind, track.index));
    return button;
  }));
  byId("transport").classList.toggle("silent", !tracks.length);
}

function showTransport() {
  byId("play").textContent = player.playing ? "❚❚" : "▶";
  byId("play").setAttribute("aria-label", player.playing ? "Pause" : "Play");
  byId("loop").setAttribute("aria-pressed", player.looping);
  byId("match").setAttribute("aria-pressed", player.matched);
  for (const button of byId("sources").children) {
    button.setAttribute("aria-pressed", Number(button.dataset.place) === player.heard);
  }
  const track = player.tracks[player.heard];
  const parts = [];
  if (player.fault) parts.push(player.fault);
  if (track && track.masked) parts.push("the mixture through this mask");
  if (track && player.matched) parts.push(`level ${decimals(20 * Math.log10(track.match), 1)} dB`);
  if (data.clips.length > 1) parts.push(`${data.clips.length} places can be heard`);
  byId("heard").textContent = player.tracks.length ? parts.join(" · ") : "Without sound";
}

function showReadout() {
  byId("clock").textContent = player.tracks.length ? `${timeText(state.cursor)} ${data.unit}` : "";
  const time = state.hover === null ? state.cursor : state.hover;
  const parts = [`${timeText(time)} ${data.unit}`];
  data.estimates.forEach(({ curves, letter }, index) => {
    if (!curves) return;
    const place = Math.max(Math.round((time - curves.first) / curves.step), 0);
    const value = curves[state.result].osi_db[place];
    if (value === undefined) return;
    const osi = Number.isFinite(value) ? decimals(value, 1) : value > 0 ? "∞" : "−∞";
    const loss = lossText(lossCurve(index).total[place]);
    parts.push(Number.isNaN(value) ? `${letter}: not counted` : `${letter}: OSI-SNR ${osi} dB, loss ${loss}`);
  });
  byId("readout").textContent = parts.join("  ·  ");
}

// Controls.

function changeLoss(changes) {
  Object.assign(state, changes);
  for (const name of ["alpha", "gamma"]) {
    byId(name).value = state[name];
    if (document.activeElement !== byId(`${name}-number`)) byId(`${name}-number`).value = +state[name].toPrecision(6);
  }
  byId("method").value = state.method;
  showPressed(byId("result"), Object.keys(RESULTS).indexOf(state.result));
  fillLosses();
  fillNumbers();
  setTitles();
  repaint();
}

function connectLoss() {
  byId("gamma").max = Math.max(100, 4 * settings.gamma);
  for (const [name, low, high] of [["alpha", 1e-9, 1], ["gamma", 0, 1e12]]) {
    for (const id of [name, `${name}-number`]) {
      byId(id).addEventListener("input", () => {
        const value = byId(id).valueAsNumber;
        if (value >= low && value <= high) changeLoss({ [name]: value });
      });
    }
    byId(name).addEventListener("dblclick", () => changeLoss({ [name]: settings[name] }));
    byId(`${name}-number`).addEventListener("change", () => { byId(`${name}-number`).value = state[name]; });
  }
  fillChoice(byId("result"), ["Exact", "Literal"], (k) => changeLoss({ result: Object.keys(RESULTS)[k] }));
  byId("method").addEventListener("change", () => changeLoss({ method: Number(byId("method").value) }));
  const { alpha, gamma, method } = settings;
  byId("defaults").addEventListener("click", () => changeLoss({ alpha, gamma, method }));
}

function connectPictures() {
  const pictures = [...data.references, ...data.estimates].map((track) => track.picture).filter(Boolean);
  const low = Math.min(...pictures.map((picture) => picture.low));
  const high = Math.max(...pictures.map((picture) => picture.high));
  byId("colours").replaceChildren(...Object.keys(STOPS).map((name) => make("option", { text: name, value: name })));
  byId("colours").addEventListener("change", () => { state.colours = byId("colours").value; repaint(); });
  const most = Math.max(...pictures.map(({ codes }) => codes.reduce((code, next) => Math.max(code, next), 1)));
  const loudest = 5 * Math.ceil((low + ((most - 1) * (high - low)) / 254) / 5);
  [state.floor, state.ceiling] = isPlain() ? [0, 1] : [Math.max(loudest - 80, low), loudest];
  for (const name of ["floor", "ceiling"]) {
    Object.assign(byId(name), { min: low, max: high, step: isPlain() ? 0.01 : 1, value: state[name] });
    const follow = () => {
      state[name] = byId(name).valueAsNumber;
      byId(`${name}-text`).textContent = isPlain() ? decimals(state[name], 2) : `${decimals(state[name], 0)} dB`;
      repaint();
    };
    byId(name).addEventListener("input", follow);
    follow();
  }
}

const THEMES = ["auto", "light", "dark"];
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function setTheme(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme === "auto" ? (systemIsDark.matches ? "dark" : "light") : theme;
  showPressed(byId("theme"), THEMES.indexOf(theme));
  repaint();
}

const KEYS = {
  " ": () => player.toggle(),
  0: hearReference,
  m: () => hear("mixture"),
  l: () => player.set("looping", !player.looping),
  f: () => show(...state.whole),
  n: () => stepSegment(1),
  N: () => stepSegment(-1),
  ArrowUp: () => zoom(0.5),
  ArrowDown: () => zoom(2),
  ArrowLeft: () => seek(player.time - (data.unit === "s" ? 1 : 100)),
  ArrowRight: () => seek(player.time + (data.unit === "s" ? 1 : 100)),
  Home: () => seek(state.whole[0]),
  Escape: () => (player.playing ? player.stop() : select(0, 0)),
};

function stepSegment(step) {
  const { segments = [] } = data.estimates[state.estimate];
  if (!segments.length) return;
  const [from, to] = state.selection || [];
  const here = segments.findIndex(({ start, stop }) => start === from && stop === to);
  const first = step > 0 ? 0 : segments.length - 1;
  const { start, stop } = segments[here < 0 ? first : (here + step + segments.length) % segments.length];
  goTo(start, stop);
}

function onKey(event) {
  const field = event.target.matches("input, select");
  const typing = field && (event.target.type !== "range" || event.key.startsWith("Arrow") || event.key === "Home");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const isEstimate = /^[1-9]$/.test(event.key);
  const run = isEstimate ? () => hearEstimate(event.key - 1) : KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (!run) return;
  event.preventDefault();
  if (event.type === "keydown") run();
}

function hearEstimate(index) {
  if (player.placeOf("estimate", index) >= 0) hear("estimate", index);
  else lookAt(index);
}

async function start() {
  await unpackAll();
  findWhole();
  byId("main").hidden = false;
  fillStatic();
  buildRows();
  fillCards();
  fillSources();
  connectLoss();
  connectPictures();
  changeLoss({});
  fillChoice(byId("theme"), ["Auto", "Light", "Dark"], (k) => setTheme(THEMES[k]));
  setTheme("auto");
  byId("play").addEventListener("click", () => player.toggle());
  byId("loop").addEventListener("click", () => KEYS.l());
  byId("match").addEventListener("click", () => player.set("matched", !player.matched));
  byId("zoom-in").addEventListener("click", () => zoom(0.5));
  byId("zoom-out").addEventListener("click", () => zoom(2));
  byId("fit").addEventListener("click", () => show(...state.whole));
  painters.push(showReadout);
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", onKey); // Firefox presses a button when Space comes up
  new ResizeObserver(repaint).observe(byId("rows"));
  systemIsDark.addEventListener("change", () => setTheme(state.theme));
  state.cursor = Math.max(state.range[0], 0);
  hearEstimate(state.estimate);
  showTransport();
  window.osisnrReport = { data, state, player, lossOf, lossCurve };
  document.documentElement.dataset.ready = "yes";
}

start().catch((error) => {
  byId("fatal").hidden = false;
  byId("fatal").textContent =
    `This browser cannot show the report (${error.message}). Chrome 103, Firefox 113, Safari 16.4 or newer can.`;
});
