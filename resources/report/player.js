// Playback: every sound of a clip runs at the same time, each behind its own gain; a switch moves gains alone, so that
// the place in time never changes. A clip is all there is, or one of the worst places.

const FADE_SECONDS = 0.01;
const LEAD_SECONDS = 0.03;

class Player {
  constructor() {
    this.heard = null; // place of a track
    this.looping = false;
    this.matched = true;
    this.playing = false;
    this.fault = "";
    this.tracks = data.sounds ? data.sounds.tracks : [];
    this.clip = null;
    this.buffers = new Map(); // of each clip, decoded when it is first played
    this.nodes = [];
  }

  get rate() {
    return data.sounds.rate;
  }

  spanOf(clip) {
    return [clip.start / this.rate, (clip.start + clip.n_samples) / this.rate];
  }

  /** The clip at a time, else the nearest one. */
  clipAt(time) {
    const away = (clip) => {
      const [start, stop] = this.spanOf(clip);
      return Math.max(start - time, time - stop, 0);
    };
    return [...data.clips].sort((a, b) => away(a) - away(b))[0];
  }

  /** The stretch that plays: the selection where it can be heard, else what is seen while it loops, else the clip. */
  stretch(clip) {
    const [start, stop] = this.spanOf(clip);
    const wanted = this.looping ? state.selection || state.range : [start, stop];
    const inside = [Math.max(wanted[0], start), Math.min(wanted[1], stop)];
    return inside[1] - inside[0] > 0.02 ? inside : [start, stop];
  }

  /** Where playback is, in seconds. */
  get time() {
    if (!this.playing) return state.cursor;
    const passed = Math.max(this.context.currentTime - this.startedAt, 0);
    const [start, stop] = this.span;
    const at = this.startedFrom + passed;
    return this.looping && at > stop ? start + ((at - start) % (stop - start)) : at;
  }

  async decode(clip) {
    if (!this.buffers.has(clip)) {
      const read = (id) => this.context.decodeAudioData(bytesOf(id).buffer);
      this.buffers.set(clip, Promise.all(clip.sounds.map(read)));
    }
    return this.buffers.get(clip);
  }

  async play(from = state.cursor) {
    if (!this.tracks.length || !data.clips.length) return;
    this.context ||= new AudioContext({ sampleRate: this.rate });
    this.context.resume();
    const ticket = {};
    this.ticket = ticket;
    const clip = this.clipAt(from);
    this.fault = "";
    const buffers = await this.decode(clip).catch(() => {
      this.fault = "This browser cannot play FLAC";
      showTransport();
    });
    if (this.ticket !== ticket || !buffers) return;
    this.silence();
    const [start] = this.spanOf(clip);
    this.clip = clip;
    this.span = this.stretch(clip);
    const inside = from >= this.span[0] && from < this.span[1] - 0.01;
    this.startedFrom = inside ? from : this.span[0];
    this.startedAt = this.context.currentTime + LEAD_SECONDS;
    this.nodes = buffers.map((buffer, place) => {
      const source = new AudioBufferSourceNode(this.context, { buffer, loop: this.looping });
      [source.loopStart, source.loopEnd] = [this.span[0] - start, this.span[1] - start];
      const gain = new GainNode(this.context, { gain: 0 });
      gain.gain.setTargetAtTime(this.gainOf(place), this.startedAt, FADE_SECONDS / 3);
      source.connect(gain).connect(this.context.destination);
      source.start(this.startedAt, this.startedFrom - start);
      return { source, gain };
    });
    this.nodes[0].source.onended = () => {
      if (this.ticket === ticket) this.stop(this.span[0]);
    };
    this.playing = true;
    this.begun = performance.now();
    this.follow();
    showTransport();
  }

  /** The gain of a track now: 0 unless it is heard. */
  gainOf(place) {
    if (place !== this.heard) return 0;
    const track = this.tracks[place];
    return track.level * (this.matched ? track.match : 1);
  }

  silence() {
    const nodes = this.nodes;
    this.nodes = [];
    if (!nodes.length) return;
    const now = this.context.currentTime;
    for (const { source, gain } of nodes) {
      source.onended = null;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setTargetAtTime(0, now, FADE_SECONDS / 3);
      source.stop(now + 4 * FADE_SECONDS);
    }
  }

  stop(at = this.time) {
    this.ticket = null;
    this.silence();
    this.playing = false;
    state.cursor = at;
    showTransport();
    repaint();
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  seek(time) {
    if (this.playing) this.play(time);
  }

  /** What loops has changed: begin there, or go on where it is. */
  stretchChanged() {
    if (this.playing && this.looping) this.play(this.time);
  }

  hear(place) {
    if (place < 0 || place >= this.tracks.length) return;
    this.heard = place;
    this.applyGains();
  }

  applyGains() {
    this.nodes.forEach(({ gain }, place) => {
      const now = this.context.currentTime;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setTargetAtTime(this.gainOf(place), now, FADE_SECONDS / 3);
    });
    showTransport();
  }

  set(name, on) {
    this[name] = on;
    if (name === "looping") {
      if (this.playing) this.play(this.time);
    } else this.applyGains();
    showTransport();
  }

  placeOf(kind, index = 0) {
    return this.tracks.findIndex((track) => track.kind === kind && track.index === index);
  }

  /** Move the cursor with the sound. */
  follow() {
    if (!this.playing) return;
    if (this.context.currentTime < this.startedAt && performance.now() - this.begun > 2000) {
      this.fault = "This browser finds no sound device"; // then its clock stands still
      this.stop();
      return;
    }
    state.cursor = this.time;
    repaint();
    requestAnimationFrame(() => this.follow());
  }
}

const player = new Player();
