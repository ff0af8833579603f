// Charts of the last minutes, drawn by hand: areas upon one another, or lines on a scale of powers of ten.

import { element, setText, shape } from './dom.js';
import { clock, none } from './format.js';

const height = 200;
const margin = { top: 8, right: 4, bottom: 22, left: 46 };

/**
 * title:  of the figure.
 * series: `key` (its colour) and `label`, from the bottom up.
 * value:  of a sample and a series; null when there is none.
 * format: of a value.
 * kind:   `areas` or `lines`.
 * spans:  what the whole width may stand for, in minutes; the first that shows every sample, else the last.
 * gap:    two samples that lie further apart are not joined, in milliseconds.
 */
export class Chart {
  #options;
  #samples = [];
  #svg;
  #tip;
  #values = new Map();
  #legend = new Map();
  #width = 0;
  #note;

  constructor(figure, options) {
    this.#options = options;
    this.#svg = shape('svg', { role: 'img', 'aria-label': options.title, height });
    this.#tip = element('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
    this.#note = element('p', { class: 'hint', hidden: true }, 'Nothing in this time.');
    const legend = element('ul', { class: 'legend' }, options.series.map(({ key, label }) => {
      const value = element('b', {}, none);
      const item = element('li', {}, element('span', { class: 'swatch', 'data-key': key }), label, value);
      this.#values.set(key, value);
      this.#legend.set(key, item);
      return item;
    }));
    const plot = element('div', { class: 'plot' }, this.#svg, this.#tip);
    figure.append(element('figcaption', {}, element('h2', {}, options.title), legend), plot, this.#note);
    plot.addEventListener('pointermove', (event) => this.#point(event.clientX));
    plot.addEventListener('pointerleave', () => this.#leave());
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === this.#width) return;
      this.#width = entry.contentRect.width;
      this.#draw();
    }).observe(plot);
  }

  show(samples) {
    this.#samples = samples;
    const last = samples.at(-1);
    for (const { key } of this.#options.series) {
      setText(this.#values.get(key), last ? this.#text(last, key) : none);
      this.#legend.get(key).hidden = !samples.some((sample) => this.#options.value(sample, key));
    }
    this.#draw();
  }

  #text(sample, key) {
    const value = this.#options.value(sample, key);
    return value === null ? none : this.#options.format(value);
  }

  // Scales

  get #end() {
    return this.#samples.at(-1)?.at ?? Date.now();
  }

  get #minutes() {
    const age = this.#end - (this.#samples[0]?.at ?? this.#end);
    return this.#options.spans.find((minutes) => minutes * 60000 >= age) ?? this.#options.spans.at(-1);
  }

  #x(at) {
    const inner = this.#width - margin.left - margin.right;
    return margin.left + inner * (1 - (this.#end - at) / (this.#minutes * 60000));
  }

  #y(value, [low, high]) {
    const part = this.#options.kind === 'lines'
      ? Math.log10(Math.max(value, low) / low) / Math.log10(high / low)
      : value / high;
    return height - margin.bottom - (height - margin.top - margin.bottom) * Math.min(part, 1);
  }

  /** What the bottom and the top of the chart stand for. */
  #range(rows) {
    const values = rows.flat(2).filter((value) => value !== null && value > 0);
    if (this.#options.kind === 'lines') {
      const low = 10 ** Math.floor(Math.log10(Math.min(...values, 1)));
      return [low, Math.max(10 ** Math.ceil(Math.log10(Math.max(...values, low * 10))), low * 100)];
    }
    const most = Math.max(...values, 1);
    const power = 10 ** Math.floor(Math.log10(most));
    return [0, [1, 2, 4, 5, 8, 10].map((step) => step * power).find((top) => top >= most)];
  }

  #ticks([low, high]) {
    if (this.#options.kind !== 'lines') return [0, high / 4, high / 2, (high * 3) / 4, high];
    const powers = Math.round(Math.log10(high / low));
    const all = Array.from({ length: powers + 1 }, (_, power) => low * 10 ** power);
    return powers > 5 ? all.filter((_, index) => index % 2 === 0) : all;
  }

  // Drawing

  #draw() {
    if (this.#width === 0) return;
    const { kind, series, value } = this.#options;
    const samples = this.#samples.filter((sample) => this.#end - sample.at <= this.#minutes * 60000);
    const rows = samples.map((sample) => {
      const values = series.map(({ key }) => value(sample, key));
      if (kind === 'lines') return values.map((top) => [null, top]);
      let sum = 0;
      return values.map((own) => [sum, (sum += own ?? 0)]);
    });
    const range = this.#range(rows);
    const parts = this.#stretches(samples);
    const shapes = series.map(({ key }, index) =>
      parts.map((part) => this.#shape(key, part.map((at) => [this.#x(samples[at].at), ...rows[at][index]]), range)));
    this.#svg.setAttribute('viewBox', `0 0 ${this.#width} ${height}`);
    this.#svg.replaceChildren(...this.#grid(range), ...shapes.flat(2));
    this.#svg.setAttribute('aria-label', this.#summary(samples));
    this.#note.hidden = rows.flat(2).some((top) => top !== null && top > 0);
  }

  /** Numbers of samples that follow one another without a gap. */
  #stretches(samples) {
    return samples.reduce((parts, sample, index) => {
      const isNext = index > 0 && sample.at - samples[index - 1].at <= this.#options.gap;
      if (isNext) parts.at(-1).push(index);
      else parts.push([index]);
      return parts;
    }, []);
  }

  #shape(key, points, range) {
    const place = (x, value) => `${x.toFixed(1)},${this.#y(value, range).toFixed(1)}`;
    if (this.#options.kind === 'areas') {
      if (points.every(([, low, high]) => low === high)) return [];
      const outline = [...points.map(([x, , high]) => place(x, high)), ...points.map(([x, low]) => place(x, low)).reverse()];
      return [shape('polygon', { class: 'area', 'data-key': key, points: outline.join(' ') })];
    }
    // A line over spans in which nothing was asked for would tell of durations that nobody had to wait.
    const runs = points.reduce((all, [x, , value]) => {
      if (value === null) all.push([]);
      else all.at(-1).push([x, value]);
      return all;
    }, [[]]);
    return runs.filter((run) => run.length > 0).map((run) => {
      const ends = run.length === 1 ? [run[0], [run[0][0] + 2, run[0][1]]] : run;
      return shape('polyline', { class: 'line', 'data-key': key, points: ends.map(([x, value]) => place(x, value)).join(' ') });
    });
  }

  #grid(range) {
    const lines = this.#ticks(range).flatMap((tick) => {
      const y = this.#y(tick, range);
      return [
        shape('line', { class: 'grid', x1: margin.left, x2: this.#width - margin.right, y1: y, y2: y }),
        shape('text', { class: 'axis', x: margin.left - 7, y: y + 4, 'text-anchor': 'end' }, this.#options.format(tick)),
      ];
    });
    const minutes = this.#minutes;
    const times = [minutes, minutes / 2, 0].map((ago) =>
      shape('text', {
        class: 'axis', x: this.#x(this.#end - ago * 60000), y: height - 4,
        'text-anchor': ago === 0 ? 'end' : ago === minutes ? 'start' : 'middle',
      }, ago === 0 ? 'now' : `${ago} min ago`));
    return [...lines, ...times];
  }

  #summary(samples) {
    const { series, title } = this.#options;
    const last = samples.at(-1);
    if (!last) return `${title}: nothing yet.`;
    const now = series.map(({ key, label }) => `${label} ${this.#text(last, key)}`).join(', ');
    return `${title}, the last ${this.#minutes} minutes. Now: ${now}.`;
  }

  // Pointing

  #point(clientX) {
    const box = this.#svg.getBoundingClientRect();
    const x = clientX - box.left;
    const nearest = this.#samples.reduce((best, sample) =>
      (!best || Math.abs(this.#x(sample.at) - x) < Math.abs(this.#x(best.at) - x) ? sample : best), null);
    if (!nearest || Math.abs(this.#x(nearest.at) - x) > 24) return this.#leave();
    this.#leave();
    const at = this.#x(nearest.at);
    this.#svg.append(shape('line', { class: 'cursor', x1: at, x2: at, y1: margin.top, y2: height - margin.bottom }));
    const shown = this.#options.series.filter(({ key }) => !this.#legend.get(key).hidden);
    const rows = shown.reverse().flatMap(({ key, label }) =>
      [element('dt', {}, element('span', { 'data-key': key }, '● '), label), element('dd', {}, this.#text(nearest, key))]);
    this.#tip.replaceChildren(element('strong', {}, clock(new Date(nearest.at))), element('dl', {}, rows));
    this.#tip.hidden = false;
    const isRight = at > this.#width / 2;
    this.#tip.style.left = isRight ? '' : `${at + 10}px`;
    this.#tip.style.right = isRight ? `${this.#width - at + 10}px` : '';
  }

  #leave() {
    this.#svg.querySelector('.cursor')?.remove();
    this.#tip.hidden = true;
  }
}
