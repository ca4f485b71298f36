// The page: builds the plots, connects controls and keys, and starts once everything is unpacked.

const canvases = {};

function lookAt(index) {
  if (!data.estimates[index]) return;
  state.estimate = index;
  fillCards();
  fillSegments();
  showTransport();
  setTitles();
  repaint();
}

function addRow(id, classes, paint) {
  const title = make("p", { classes: "row-title", id: `title-${id}` });
  const canvas = make("canvas", { classes, id: `plot-${id}`, role: "img" });
  byId("rows").append(make("div", { classes: "plot" }, title, canvas));
  canvases[id] = canvas;
  followPointers(canvas, id);
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
  const shown = pictureInView() === estimate.picture ? `${estimate.letter}  ${estimate.name}` : `Mixture  ${data.mixture.name}`;
  const unit = data.unit === "s" ? "Hz" : "bin";
  const titles = {
    reference: `Reference  ${referenceOf().name}, ${unit}`,
    estimate: `${shown}, ${unit}`,
    osi: `OSI-SNR per frame, dB: ${RESULTS[state.result]}; dashed: bad below ${data.threshold_db} dB${data.chance_db === null ? "" : "; dotted: chance"}`,
    loss: `Loss per frame, 1/OSI + γ·MC-MSE at α ${+state.alpha.toPrecision(4)}: ${RESULTS[state.result]}`,
  };
  for (const [id, canvas] of Object.entries(canvases)) {
    byId(`title-${id}`).textContent = titles[id];
    canvas.setAttribute("aria-label", titles[id]);
  }
}

// Playback controls.

function nameOf(track) {
  if (track.kind === "reference") return data.references.length > 1 ? `Reference ${track.index + 1}` : "Reference";
  if (track.kind === "mixture") return "Mixture";
  return data.estimates[track.index].letter;
}

function keyOf(track) {
  return { reference: track.index === 0 ? "0" : "", mixture: "M", estimate: track.index < 9 ? String(track.index + 1) : "" }[track.kind];
}

function hear(kind, index = 0) {
  const place = player.placeOf(kind, index);
  player.hear(place);
  if (kind === "estimate" && index < data.estimates.length) lookAt(index);
  setTitles();
  repaint();
}

function showTransport() {
  const { tracks } = player;
  byId("transport").classList.toggle("silent", !tracks.length);
  byId("play").textContent = player.playing ? "❚❚" : "▶";
  byId("play").setAttribute("aria-label", player.playing ? "Pause" : "Play");
  const order = tracks.map((_, place) => place).sort((a, b) => "remix".indexOf(tracks[a].kind[0]) - "remix".indexOf(tracks[b].kind[0]));
  byId("sources").replaceChildren(...order.map((place) => {
    const track = tracks[place];
    const button = make("button", { text: nameOf(track), "aria-pressed": place === player.heard, title: `${nameOf(track)} (${keyOf(track)})` });
    button.prepend(make("kbd", { text: keyOf(track) }));
    button.addEventListener("click", () => hear(track.kind, track.index));
    return button;
  }));
  byId("loop").setAttribute("aria-pressed", player.looping);
  byId("match").setAttribute("aria-pressed", player.matched);
  const track = tracks[player.heard];
  const gain = track && player.matched ? `level ${decimals(20 * Math.log10(track.match), 1)} dB` : "";
  const masked = track && track.masked ? "the mixture through this mask" : "";
  const part = data.clips.length && data.clips[0].sounds.length && data.clips.length > 1 ? `${data.clips.length} places can be heard` : "";
  const heard = player.deaf ? "This browser finds no sound device" : [masked, gain, part].filter(Boolean).join(" · ");
  byId("heard").textContent = tracks.length ? heard : "Without sound";
}

function showReadout() {
  byId("clock").textContent = player.tracks.length ? `${timeText(state.cursor)} ${data.unit}` : "";
  const time = state.hover ? state.hover.time : state.cursor;
  const parts = [`${timeText(time)} ${data.unit}`];
  data.estimates.forEach(({ curves, letter }, index) => {
    if (!curves) return;
    const place = Math.max(Math.round((time - curves.first) / curves.step), 0);
    const value = curves[state.result].mean[place];
    if (value === undefined) return;
    const osi = Number.isNaN(value) ? "not counted or not finite" : `OSI-SNR ${decimals(value, 1)} dB`;
    parts.push(`${letter}: ${osi}, loss ${lossText(lossCurve(index).total[place])}`);
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
  fillChoice(byId("result"), [["exact", "Exact", RESULTS.exact], ["literal", "Literal", RESULTS.literal]], state.result, (result) => changeLoss({ result }));
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
  if (isPlain()) [state.floor, state.ceiling] = [0, 1];
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

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function setTheme(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme === "auto" ? (systemIsDark.matches ? "dark" : "light") : theme;
  fillChoice(byId("theme"), [["auto", "Auto", "As the system is"], ["light", "Light"], ["dark", "Dark"]], theme, setTheme);
  repaint();
}

const STEP = () => (data.unit === "s" ? 1 : 100);
const KEYS = {
  " ": () => player.toggle(),
  0: () => hear("reference", player.placeOf("reference", data.estimates[state.estimate].reference) >= 0 ? data.estimates[state.estimate].reference : 0),
  m: () => hear("mixture"),
  l: () => player.set("looping", !player.looping),
  f: () => show(...state.whole),
  t: () => player.previous !== null && hear(player.tracks[player.previous].kind, player.tracks[player.previous].index),
  n: () => stepSegment(1),
  N: () => stepSegment(-1),
  p: () => { const names = Object.keys(STOPS); byId("colours").value = state.colours = names[(names.indexOf(state.colours) + 1) % names.length]; repaint(); },
  ArrowUp: () => zoom(0.5),
  ArrowDown: () => zoom(2),
  ArrowLeft: () => seek(player.time - STEP()),
  ArrowRight: () => seek(player.time + STEP()),
  Home: () => seek(state.whole[0]),
  Escape: () => (player.playing ? player.stop() : select(0, 0)),
};

let segmentInView = -1;
function stepSegment(step) {
  const { segments = [] } = data.estimates[state.estimate];
  if (!segments.length) return;
  segmentInView = (segmentInView + step + segments.length) % segments.length;
  goTo(segments[segmentInView].start, segments[segmentInView].stop);
}

function onKey(event) {
  const typing = event.target.matches("input[type=number], select") || (event.target.matches("input") && event.key.startsWith("Arrow"));
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = /^[1-9]$/.test(event.key) ? () => hearOrLook(Number(event.key) - 1) : undefined;
  const run = digit || KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (!run) return;
  event.preventDefault();
  run();
}

function hearOrLook(index) {
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
  fillSegments();
  connectLoss();
  connectPictures();
  changeLoss({});
  setTheme("auto");
  byId("play").addEventListener("click", () => player.toggle());
  byId("loop").addEventListener("click", () => KEYS.l());
  byId("match").addEventListener("click", () => player.set("matched", !player.matched));
  byId("zoom-in").addEventListener("click", () => zoom(0.5));
  byId("zoom-out").addEventListener("click", () => zoom(2));
  byId("fit").addEventListener("click", () => show(...state.whole));
  painters.push(showReadout);
  document.addEventListener("keydown", onKey);
  new ResizeObserver(repaint).observe(byId("rows"));
  systemIsDark.addEventListener("change", () => setTheme(state.theme));
  state.cursor = state.range[0];
  if (player.tracks.length) hear(player.placeOf("estimate", state.estimate) >= 0 ? "estimate" : "reference", player.placeOf("estimate", state.estimate) >= 0 ? state.estimate : 0);
  showTransport();
  window.osisnrReport = { data, state, player, lossOf, lossCurve };
  document.documentElement.dataset.ready = "yes";
}

start().catch((error) => {
  byId("fatal").hidden = false;
  byId("fatal").textContent = `This browser cannot show the report (${error.message}). Chrome 103, Edge 103, Firefox 113, Safari 16.4 or newer can.`;
});
