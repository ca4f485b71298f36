// Embedded data: numbers as JSON, arrays as base64 of deflated bytes, sounds as base64 of FLAC. And the loss formulas.

const data = JSON.parse(document.getElementById("data").textContent);
const settings = data.score.settings;
const RESULTS = { exact: "exact, active frames", literal: "literal, all frames" };

/** The bytes of an embedded element. */
function bytesOf(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** An embedded array as it was before it was deflated. */
async function unpack(id, Type) {
  const stream = new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Type(await new Response(stream).arrayBuffer());
}

/** A picture's codes, column by column; each column was stored less the one before. */
async function unpackPicture(picture) {
  const codes = await unpack(picture.codes, Uint8Array);
  for (let i = picture.n_rows; i < codes.length; i += 1) codes[i] = (codes[i] + codes[i - picture.n_rows]) & 255;
  return { ...picture, codes };
}

async function unpackCurves(found) {
  const curves = { group: found.group, first: found.first, step: found.step };
  for (const result of Object.keys(RESULTS)) {
    curves[result] = { exponents: await unpack(found[result].exponents, Int32Array) };
    for (const name of ["osi_db", "osi_term", "values"]) {
      curves[result][name] = await unpack(found[result][name], Float32Array);
    }
  }
  return curves;
}

/** Unpack everything but the sounds, into `data` itself. */
async function unpackAll() {
  for (const track of [...data.references, ...data.estimates, data.mixture]) {
    if (track && track.picture) track.picture = await unpackPicture(track.picture);
  }
  for (const track of [...data.estimates, data.mixture]) {
    if (!track || !track.sums) continue;
    for (const sums of Object.values(track.sums)) sums.sums = await unpack(sums.sums, Float64Array);
    if (track.curves) track.curves = await unpackCurves(track.curves);
  }
}

// MC-MSE at any alpha: barycentric interpolation in log(alpha + 0.3) between nodes, of values divided by
// 4**(alpha * exponent).

const NODES = data.alpha_nodes;
const SHIFT = 0.3;
const places = NODES.map((node) => Math.log(node + SHIFT));
const spread = places[places.length - 1] - places[0];
const barycentric = places.map((place, i) =>
  places.reduce((product, other, k) => (k === i ? product : (product * 4 * (place - other)) / spread), 1));

/** Weights of the nodes for a value at alpha. */
function weightsAt(alpha) {
  const distances = places.map((place) => Math.log(alpha + SHIFT) - place);
  const hit = distances.indexOf(0);
  if (hit >= 0) return places.map((_, i) => (i === hit ? 1 : 0));
  const terms = distances.map((distance, i) => 1 / barycentric[i] / distance);
  const total = terms.reduce((sum, term) => sum + term, 0);
  return terms.map((term) => term / total);
}

/** MC-MSE of a whole file at alpha, from float64 sums. */
function meanAt(sums, alpha) {
  if (!sums.n_frames) return NaN;
  const weights = weightsAt(alpha);
  const n = sums.exponents.length;
  let total = 0;
  for (let group = 0; group < n; group += 1) {
    let value = 0;
    for (let k = 0; k < weights.length; k += 1) value += weights[k] * sums.sums[k * n + group];
    const half = 2 ** Math.min(alpha * sums.exponents[group], 1023);
    total += Math.max(value, 0) * half * half;
  }
  return total / sums.n_frames;
}

/** MC-MSE of every column of a curve at alpha. */
function curveAt(curve, alpha) {
  const weights = weightsAt(alpha);
  const n = curve.exponents.length;
  const found = new Float64Array(n);
  for (let k = 0; k < weights.length; k += 1) {
    for (let i = 0; i < n; i += 1) found[i] += weights[k] * curve.values[k * n + i];
  }
  for (let i = 0; i < n; i += 1) found[i] = Math.max(found[i], 0) * 4 ** (alpha * curve.exponents[i]);
  return found;
}

/** The figures of an estimate (or the mixture) by group and key, null where they are not finite. */
function scoreOf(index) {
  return index < 0 ? data.score.mixture : data.score.estimates[index];
}

function finite(value) {
  return value === null || value === undefined ? NaN : value;
}

/** Both terms of a file's fused loss and their sum: of one result, at the alpha, gamma and method of `choice`. */
function lossOf(index, result, choice) {
  const figures = scoreOf(index)[result];
  const scored = choice.alpha === settings.alpha;
  const { sums } = index < 0 ? data.mixture : data.estimates[index];
  const mcMse = scored ? finite(figures.mc_mse) : meanAt(sums[result], choice.alpha);
  const osi = finite(figures[`loss_osi_${choice.method}`]);
  return { osi, mcMse, mc: choice.gamma * mcMse, total: osi + choice.gamma * mcMse };
}

// Numbers as text.

function decimals(value, n) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(n);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

function lossText(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return "–";
  if (size === 0) return "0";
  if (size < 1e-4 || size >= 1e5) return value.toExponential(2).replaceAll("-", "−");
  return decimals(value, size < 0.01 ? 5 : size < 0.1 ? 4 : size < 10 ? 3 : 2);
}

function timeText(value) {
  if (data.unit !== "s") return decimals(value, 0);
  const minutes = Math.floor(value / 60);
  const rest = decimals(value - 60 * minutes, 2);
  return minutes ? `${minutes}:${rest.padStart(5, "0")}` : rest;
}

/** A new element with text, attributes and children; text is never read as markup. */
function make(tag, { text, classes, title, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (classes) element.className = classes;
  if (title) element.title = title;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const byId = (id) => document.getElementById(id);
