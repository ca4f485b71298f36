// The plots: overview, two spectrograms, OSI-SNR and loss. All canvas, in the colours of the style sheet.

const STOPS = {
  viridis: ["440154", "482878", "3e4a89", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"],
  magma: ["000004", "180f3e", "451077", "721f81", "9f2f7f", "cd4071", "f1605d", "fd9567", "fec98d", "fcfdbf"],
  cividis: ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"],
  grey: ["000000", "ffffff"],
};
const DASHES = [[], [8, 3], [3, 3], [10, 3, 2, 3], [14, 4], [5, 2, 2, 2, 2, 2], [1, 2]];
const N_COLOURS = 7;

const isPlain = () => data.references.every((track) => !track.picture || track.picture.unit === "");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const lineColour = (index) => colour(`line-${index % N_COLOURS}`);
const dashOf = (index) => DASHES[(index + Math.floor(index / N_COLOURS)) % DASHES.length];

/** 256 colours of a map as [r, g, b]. */
function colourTable(name) {
  const stops = STOPS[name].map((text) => [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16)));
  return Array.from({ length: 256 }, (_, i) => {
    const place = (i / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return stops[low].map((value, k) => Math.round(value + (place - low) * (stops[low + 1][k] - value)));
  });
}

/** Round tick positions, about one for every `apart` pixels. */
function ticksOf(low, high, pixels, apart) {
  const rough = ((high - low) * apart) / Math.max(pixels, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k += 1) found.push(k * step);
  return { step, values: found };
}

/** A canvas made ready for painting: its context in CSS pixels, and the box of the plot itself. */
function prepare(canvas, bottom = 0) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return { c, left: GUTTER, top: 4, width: Math.max(width - GUTTER - EDGE, 10), height: height - 8 - bottom };
}

const xOf = (box, time) => box.left + ((time - state.range[0]) / (state.range[1] - state.range[0])) * box.width;

function clipped(box, paint) {
  box.c.save();
  box.c.beginPath();
  box.c.rect(box.left, box.top, box.width, box.height);
  box.c.clip();
  paint();
  box.c.restore();
}

function label(box, text, x, y, align = "right") {
  box.c.fillStyle = colour("muted");
  box.c.textAlign = align;
  box.c.textBaseline = "middle";
  box.c.fillText(text, x, y);
}

/** Grid lines of the time axis, and labels under the plot where it has room for them. */
function timeAxis(box, labelled) {
  const { values, step } = ticksOf(...state.range, box.width, 90);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  values.forEach((value, k) => {
    const x = xOf(box, value);
    box.c.fillStyle = colour("grid");
    box.c.fillRect(Math.round(x), box.top, 1, box.height);
    const unit = k === values.length - 1 ? ` ${data.unit}` : "";
    const isLast = x > box.left + box.width - 16;
    const at = [isLast ? x + EDGE : x, box.top + box.height + 10];
    if (labelled) label(box, decimals(value, digits) + unit, ...at, isLast ? "right" : "center");
  });
}

/** Labels of the value axis, and grid lines inside the plot or short ticks outside. */
function valueAxis(box, low, high, { apart = 30, inside = true } = {}) {
  for (const value of ticksOf(low, high, box.height, apart).values) {
    const y = box.top + box.height * (1 - (value - low) / (high - low));
    box.c.fillStyle = colour(inside ? "grid" : "muted");
    box.c.fillRect(inside ? box.left : box.left - 3, Math.round(y), inside ? box.width : 3, 1);
    const text = value >= 1000 ? `${value / 1000}k` : `${+value.toPrecision(6)}`.replace("-", "−");
    label(box, text, box.left - 6, Math.min(Math.max(y, box.top + 4), box.top + box.height - 3));
  }
}

/** What lies over every plot: bad segments, selection, pointer and cursor. */
function marks(box, { shade = true } = {}) {
  const band = (start, stop, fill, top = box.top, height = box.height) => {
    const x = xOf(box, start);
    box.c.fillStyle = fill;
    box.c.fillRect(x, top, Math.max(xOf(box, stop) - x, 1), height);
  };
  const estimate = data.estimates[state.estimate];
  for (const { start, stop } of estimate.segments || []) {
    if (stop < state.range[0] || start > state.range[1]) continue;
    if (shade) band(start, stop, colour("bad-veil"));
    else band(start, stop, colour("bad"), box.top + box.height - 4, 4);
  }
  if (state.selection) {
    band(...state.selection, colour("selection"));
    for (const edge of state.selection) band(edge, edge, colour("accent"));
  }
  if (state.hover !== null) band(state.hover, state.hover, colour("muted"));
  const cursor = xOf(box, state.cursor);
  box.c.fillStyle = colour("background"); // around it, or it would be lost on a picture
  box.c.fillRect(cursor - 1.75, box.top, 3.5, box.height);
  box.c.fillStyle = colour("cursor");
  box.c.fillRect(cursor - 0.75, box.top, 1.5, box.height);
}

// Spectrograms. The picture is painted pixel by pixel, each with the loudest code it covers.

function pixelsOf(picture, width, height, left, pixel) {
  const image = new ImageData(width, height);
  const table = colourTable(state.colours);
  const code = (value) => 1 + (254 * (value - picture.low)) / (picture.high - picture.low);
  const [from, to] = [code(state.floor), code(state.ceiling)];
  const shown = new Uint32Array(256);
  for (let i = 0; i < 256; i += 1) {
    const place = Math.min(Math.max((i - from) / Math.max(to - from, 1e-6), 0), 1);
    const [r, g, b] = table[Math.round(255 * place)];
    shown[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  const out = new Uint32Array(image.data.buffer);
  const rowAt = (y) => Math.min(Math.floor((y * picture.n_rows) / height), picture.n_rows - 1);
  const column = new Uint8Array(picture.n_rows);
  for (let x = 0; x < width; x += 1) {
    const first = Math.round((left + x * pixel - picture.first) / picture.step);
    const stop = Math.max(first + 1, Math.round((left + (x + 1) * pixel - picture.first) / picture.step));
    const inside = [Math.max(first, 0), Math.min(stop, picture.n_columns)];
    if (inside[0] >= inside[1]) continue;
    column.fill(0);
    for (let i = inside[0]; i < inside[1]; i += 1) {
      const base = i * picture.n_rows;
      for (let k = 0; k < picture.n_rows; k += 1) column[k] = Math.max(column[k], picture.codes[base + k]);
    }
    for (let y = 0; y < height; y += 1) {
      let most = 0;
      for (let k = rowAt(height - 1 - y); k <= Math.max(rowAt(height - y) - 1, rowAt(height - 1 - y)); k += 1) {
        if (column[k] > most) most = column[k];
      }
      out[y * width + x] = shown[most];
    }
  }
  return image;
}

const painted = new WeakMap();

function paintPicture(canvas, picture) {
  const box = prepare(canvas);
  if (!picture) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
  const { colours, floor, ceiling, range } = state;
  const wanted = JSON.stringify([width, height, colours, floor, ceiling, range]);
  let known = painted.get(canvas);
  if (!known || known.picture !== picture || known.wanted !== wanted) {
    known = { picture, wanted, image: pixelsOf(picture, width, height, range[0], (range[1] - range[0]) / width) };
    painted.set(canvas, known);
  }
  box.c.putImageData(known.image, Math.round(box.left * ratio), Math.round(box.top * ratio));
  const low = picture.low_bin - 0.5 * picture.bin_step;
  valueAxis(box, low, low + picture.n_rows * picture.bin_step, { apart: 24, inside: false });
  clipped(box, () => marks(box, { shade: false }));
}

// Curves.

/** Draw a line through columns, or fill the area under it; a column without a value is a gap, or 0. */
function paintCurve(box, [low, high], curve, values, fill = false) {
  const { c } = box;
  const y = (value) => box.top + box.height * (1 - (value - low) / (high - low));
  const x = (i) => xOf(box, curve.first + i * curve.step);
  const first = Math.max(Math.floor((state.range[0] - curve.first) / curve.step) - 1, 0);
  const last = Math.min(Math.ceil((state.range[1] - curve.first) / curve.step) + 1, values.length - 1);
  c.beginPath();
  if (fill) c.moveTo(x(first), y(0));
  let open = fill;
  for (let i = first; i <= last; i += 1) {
    const known = !Number.isNaN(values[i]);
    const shown = known ? Math.min(Math.max(values[i], low - 1), 2 * high) : 0;
    if (open && (known || fill)) c.lineTo(x(i), y(shown));
    else if (known) c.moveTo(x(i), y(shown));
    open = fill || known;
  }
  if (fill) c.lineTo(x(last), y(0));
  if (fill) c.fill();
  else c.stroke();
}

/** The curve itself, or means of it where so many columns share a pixel that no line could be followed. */
function thinned(box, [low, high], curve, values) {
  const shared = (state.range[1] - state.range[0]) / box.width / curve.step;
  if (shared < 2) return [curve, values];
  const group = Math.ceil(3 * shared);
  const means = new Float32Array(Math.ceil(values.length / group));
  for (let i = 0; i < means.length; i += 1) {
    const known = values.subarray(i * group, (i + 1) * group).filter((value) => !Number.isNaN(value));
    means[i] = known.reduce((sum, value) => sum + Math.min(Math.max(value, low), 2 * high), 0) / known.length;
  }
  return [{ first: curve.first + ((group - 1) / 2) * curve.step, step: group * curve.step }, means];
}

/** Make ready to draw the line of an estimate; the one in view stands out. */
function chooseLine({ c }, index) {
  c.strokeStyle = lineColour(index);
  c.globalAlpha = index === state.estimate ? 1 : 0.7;
  c.lineWidth = index === state.estimate ? 1.6 : 1.1;
  c.lineJoin = "round";
  c.setLineDash(dashOf(index));
}

function paintOsi(canvas) {
  const box = prepare(canvas);
  let high = 40;
  eachCurve((curves) => {
    const curve = curves[state.result];
    curve.high ??= highest(curve.osi_db);
    high = Math.max(high, Math.min(10 * Math.ceil(curve.high / 10), 120));
  });
  const low = state.result === "exact" ? 0 : -10;
  timeAxis(box, false);
  valueAxis(box, low, high);
  clipped(box, () => {
    marks(box);
    const level = (value, name, dash) => {
      if (value === null) return;
      const y = box.top + box.height * (1 - (value - low) / (high - low));
      box.c.strokeStyle = colour(name);
      box.c.lineWidth = 1;
      box.c.setLineDash(dash);
      box.c.beginPath();
      box.c.moveTo(box.left, y);
      box.c.lineTo(box.left + box.width, y);
      box.c.stroke();
    };
    level(data.threshold_db, "bad", [5, 4]);
    level(data.chance_db, "muted", [1, 3]);
    eachCurve((curves, index) => {
      chooseLine(box, index);
      paintCurve(box, [low, high], ...thinned(box, [low, high], curves, curves[state.result].osi_db));
    });
  });
}

/** Call for every estimate with curves, the one in view last. */
function eachCurve(paint) {
  const order = data.estimates.map((_, index) => index).filter((index) => data.estimates[index].curves);
  order.sort((a, b) => (a === state.estimate) - (b === state.estimate));
  for (const index of order) paint(data.estimates[index].curves, index);
}

/** The loss of every column of an estimate, kept while nothing it depends on moves. */
const lossCurves = new Map();
function lossCurve(index) {
  const wanted = `${state.result} ${state.alpha} ${state.gamma}`;
  const known = lossCurves.get(index);
  if (known && known.wanted === wanted) return known;
  const curve = data.estimates[index].curves[state.result];
  const total = curveAt(curve, state.alpha);
  for (let i = 0; i < total.length; i += 1) total[i] = curve.osi_term[i] + state.gamma * total[i];
  const found = { wanted, osi: curve.osi_term, total, high: highest(total) };
  lossCurves.set(index, found);
  return found;
}

/** A round end of the axis above nearly all values. */
function highest(values) {
  const known = values.filter(Number.isFinite).sort();
  const value = known.length ? known[Math.floor(0.98 * (known.length - 1))] * 1.25 : 1;
  return value > 0 ? value : 1;
}

function paintLoss(canvas) {
  const box = prepare(canvas, 20);
  let high = 0;
  eachCurve((_, index) => { high = Math.max(high, lossCurve(index).high); });
  const values = [0, high || 1];
  timeAxis(box, true);
  valueAxis(box, ...values);
  clipped(box, () => {
    const { curves } = data.estimates[state.estimate];
    if (curves) {
      const { osi, total } = lossCurve(state.estimate);
      for (const [name, terms] of [["loss-mc", total], ["loss-osi", osi]]) {
        box.c.fillStyle = colour(name);
        paintCurve(box, values, ...thinned(box, values, curves, terms), true);
      }
    }
    marks(box, { shade: false });
    eachCurve((its, index) => {
      chooseLine(box, index);
      paintCurve(box, values, ...thinned(box, values, its, lossCurve(index).total));
    });
  });
}

// The overview: the whole file, bad segments, what can be heard, and the frame of the view.

function paintOverview(canvas) {
  const box = prepare(canvas);
  const [first, last] = state.whole;
  const x = (time) => box.left + ((time - first) / (last - first)) * box.width;
  const { c } = box;
  c.fillStyle = colour("raised");
  c.fillRect(box.left, box.top, box.width, box.height);
  const estimate = data.estimates[state.estimate];
  for (const { start, stop } of estimate.segments || []) {
    c.fillStyle = colour("bad");
    c.fillRect(x(start), box.top, Math.max(x(stop) - x(start), 1), box.height);
  }
  for (const clip of data.sounds ? data.clips : []) {
    c.fillStyle = colour("accent");
    const [start, stop] = [clip.start, clip.start + clip.n_samples].map((n) => x(n / data.sounds.rate));
    c.fillRect(start, box.top + box.height - 2, stop - start, 2);
  }
  c.fillStyle = colour("shade");
  c.fillRect(box.left, box.top, x(state.range[0]) - box.left, box.height);
  c.fillRect(x(state.range[1]), box.top, box.left + box.width - x(state.range[1]), box.height);
  c.strokeStyle = colour("accent");
  const width = Math.max(x(state.range[1]) - x(state.range[0]) - 1, 2);
  c.strokeRect(x(state.range[0]) + 0.5, box.top + 0.5, width, box.height - 1);
  c.fillStyle = colour("cursor");
  c.fillRect(x(state.cursor) - 0.75, box.top, 1.5, box.height);
}

function followOverview(canvas) {
  const move = (event) => {
    const at = (event.clientX - canvas.getBoundingClientRect().left - GUTTER) / (canvas.clientWidth - GUTTER - EDGE);
    const middle = state.whole[0] + at * (state.whole[1] - state.whole[0]);
    const half = (state.range[1] - state.range[0]) / 2;
    show(middle - half, middle + half);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) move(event);
  });
}
