// What is on show: one state, one repaint a frame, the time axis that all plots share, and what the pointer does on it.

const scored = data.estimates.findIndex((estimate) => estimate.error === undefined);
const state = {
  alpha: settings.alpha,
  gamma: settings.gamma,
  method: settings.method,
  result: data.formula,
  estimate: Math.max(scored, 0),
  range: [0, 1],
  whole: [0, 1],
  selection: null,
  cursor: 0,
  hover: null,
  colours: "viridis",
  floor: 0,
  ceiling: 1,
};

const painters = [];
let waiting = false;

/** Repaint everything once, before the next frame of the screen. */
function repaint() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    for (const paint of painters) paint();
  });
}

/** Where the data begins and ends: frames of every picture and curve. */
function findWhole() {
  const ends = [];
  for (const track of [...data.references, ...data.estimates]) {
    const axis = track.picture || track.curves;
    if (axis) {
      const n = axis.n_columns || axis.exact.osi_db.length;
      ends.push(axis.first - axis.step / 2, axis.first + (n - 0.5) * axis.step);
    }
  }
  if (data.sounds && data.unit === "s") {
    const { rate } = data.sounds;
    for (const clip of data.clips) ends.push(clip.start / rate, (clip.start + clip.n_samples) / rate);
  }
  state.whole = ends.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
  state.range = [...state.whole];
}

/** Show a stretch of time, within the whole and not closer than a few frames. */
function show(start, stop) {
  const [first, last] = state.whole;
  const least = Math.min(last - first, data.unit === "s" ? 0.05 : 6);
  const length = Math.min(Math.max(stop - start, least), last - first);
  const middle = (start + stop) / 2;
  const begin = Math.min(Math.max(middle - length / 2, first), last - length);
  state.range = [begin, begin + length];
  repaint();
}

function zoom(factor, at = state.cursor) {
  const [start, stop] = state.range;
  const anchor = at >= start && at <= stop ? at : (start + stop) / 2;
  show(anchor - (anchor - start) * factor, anchor + (stop - anchor) * factor);
}

function pan(amount) {
  show(state.range[0] + amount, state.range[1] + amount);
}

/** Go to a stretch: select it, show it with what is around, and put the cursor at its start. */
function goTo(start, stop) {
  const around = Math.max(1.5 * (stop - start), data.unit === "s" ? 0.5 : 60);
  state.selection = [start, stop];
  show(start - around, stop + around);
  seek(start);
}

function select(start, stop) {
  state.selection = Math.abs(stop - start) > 0 ? [Math.min(start, stop), Math.max(start, stop)] : null;
  player.stretchChanged();
  repaint();
}

function seek(time) {
  state.cursor = Math.min(Math.max(time, state.whole[0]), state.whole[1]);
  player.seek(state.cursor);
  repaint();
}

// The pointer on a plot.

const GUTTER = 52;
const EDGE = 10;

function timeAt(canvas, x) {
  const width = canvas.clientWidth - GUTTER - EDGE;
  return state.range[0] + ((x - GUTTER) / width) * (state.range[1] - state.range[0]);
}

function followPointer(canvas) {
  let last = null; // where it was while it is down
  let moved = 0;
  let from = 0;
  const x = (event) => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    [last, moved, from] = [x(event), 0, timeAt(canvas, x(event))];
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = x(event);
    if (last !== null) {
      moved += Math.abs(at - last);
      if (event.shiftKey) select(from, timeAt(canvas, at));
      else if (moved > 3) pan(timeAt(canvas, last) - timeAt(canvas, at));
      last = at;
    }
    state.hover = timeAt(canvas, at);
    repaint();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (last !== null && moved <= 3) {
      if (event.shiftKey) select(0, 0);
      else seek(timeAt(canvas, last));
    }
    last = null;
  });
  canvas.addEventListener("pointercancel", () => { last = null; });
  canvas.addEventListener("pointerleave", () => {
    state.hover = null;
    repaint();
  });
  canvas.addEventListener("dblclick", () => show(...state.whole));
  canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), timeAt(canvas, x(event)));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const amount = event.deltaX || event.deltaY;
      pan((amount / canvas.clientWidth) * (state.range[1] - state.range[0]));
    }
  }, { passive: false });
}
