// How the proxy is: figures, charts and what it depends on.

import { Chart } from './chart.js';
import { $, badge, bar, element, facts, setText, Table } from './dom.js';
import { bytes, count, none, percent, rate, span, time } from './format.js';

const minutes = 10;
const tiers = [
  { key: 'memory', label: 'Memory' }, { key: 'redis', label: 'Redis' }, { key: 'archive', label: 'Archive' },
  { key: 'upstream', label: 'Upstream' }, { key: 'batch', label: 'Batch' }, { key: 'none', label: 'Other' },
];
/** The tiers that an answer can be a hit of. */
const caches = tiers.slice(0, 3);
/** Rows of a table of hosts; a proxy may know thousands. */
const mostHosts = 30;

export class Overview {
  #tiles = new Map();
  #requests;
  #latency;
  #tables = { hitRatios: hitRatios(), latencies: latencies(), hosts: hosts(), sources: sources(), gateways: gateways() };
  #queues = element('div', { class: 'card' });

  constructor() {
    for (const [key, title] of [
      ['requests', 'Answers a second'], ['hits', 'From a cache'], ['latency', '99 % within'],
      ['errors', 'Server errors'], ['memory', 'Memory tier'], ['writes', 'To be written'],
    ]) this.#addTile(key, title);
    const common = { spans: [2, 5, minutes], gap: 6000 };
    this.#requests = new Chart($('#chart-requests'), {
      ...common, title: 'Answers a second', kind: 'areas', series: tiers, format: rate,
      value: (sample, key) => sample.answers[key] / sample.seconds,
    });
    this.#latency = new Chart($('#chart-latency'), {
      ...common, title: 'How long answers take', kind: 'lines', format: time,
      series: [{ key: 'p50', label: 'Half' }, { key: 'p95', label: '95 %' }, { key: 'p99', label: '99 %' }],
      value: (sample, key) => sample[`${key}_ms`],
    });
    const card = (...parts) => element('div', { class: 'card stack' }, parts.map((part) => part.node));
    const { hitRatios, latencies, hosts, sources, gateways } = this.#tables;
    $('#overview-tables').append(card(hitRatios), card(latencies), this.#queues);
    $('#upstream-tables').append(card(hosts, sources), card(gateways));
  }

  #addTile(key, title) {
    const value = element('dd', {}, none);
    const note = element('dd', { class: 'note' });
    const tile = element('div', { class: 'card tile' }, element('dt', {}, title), value, note);
    this.#tiles.set(key, { tile, value, note });
    $('#tiles').append(tile);
  }

  #setTile(key, text, note, tone = '') {
    const { tile, value, note: noteElement } = this.#tiles.get(key);
    const [, figure, unit] = /^(\S+)(?:\s(.*))?$/.exec(text);
    setText(value, '');
    value.append(figure, ...(unit ? [element('span', { class: 'unit' }, unit)] : []));
    setText(noteElement, note);
    tile.dataset.tone = tone;
  }

  show({ samples, stats }) {
    this.#requests.show(samples);
    this.#latency.show(samples);
    if (!stats) return;
    this.#showTiles(samples, stats);
    this.#tables.hitRatios.show(tierRows(samples, stats));
    this.#tables.latencies.show(
      tiers.map((tier) => ({ ...tier, ...stats.latency[tier.key] })).filter((row) => row.count > 0));
    this.#queues.replaceChildren(...queues(stats));
    this.#tables.hosts.show(hostRows(stats.upstreams));
    this.#tables.sources.show(stats.sources);
    this.#tables.gateways.show(stats.gateways.slice(0, mostHosts));
  }

  #showTiles(samples, { gauges, uptime_seconds: uptime }) {
    const recent = samples.slice(-15);
    const seconds = sum(recent, (sample) => sample.seconds);
    const answers = sum(recent, (sample) => sum(Object.values(sample.answers), (value) => value));
    const asked = (sample) => sum(tiers.slice(0, 4), ({ key }) => sample.answers[key]);
    const hits = (sample) => sum(caches, ({ key }) => sample.answers[key]);
    this.#setTile('requests', seconds ? rate(answers / seconds) : none, `up for ${span(uptime)}`);
    const everything = sum(samples, asked);
    this.#setTile('hits', everything ? percent(sum(samples, hits) / everything) : none, `of ${count(everything)} in ${minutes} minutes`);
    const timed = samples.findLast((sample) => sample.p99_ms !== null);
    this.#setTile('latency', time(timed?.p99_ms), timed ? `half within ${time(timed.p50_ms)}` : 'nothing was asked for');
    const failed = sum(samples, (sample) => sample.server_errors);
    this.#setTile('errors', count(failed), `in ${minutes} minutes`, failed ? 'bad' : '');
    this.#setTile('memory', bytes(gauges.memory_bytes), `of ${bytes(gauges.memory_limit_bytes)}; ${count(gauges.memory_entries)} entries`);
    const rows = gauges.write_queue_rows + (gauges.outbox_rows ?? 0);
    const oldest = gauges.outbox_oldest_seconds ?? 0;
    this.#setTile('writes', count(rows), oldest ? `the oldest for ${span(oldest)}` : 'records', oldest > 60 ? 'warn' : '');
  }
}

const sum = (list, value) => list.reduce((total, item) => total + value(item), 0);

function tierRows(samples, stats) {
  return caches.map((tier) => {
    const hits = sum(samples, (sample) => sample.lookups[tier.key].hits);
    const all = hits + sum(samples, (sample) => sample.lookups[tier.key].misses);
    return { ...tier, lookups: all, recent: all ? hits / all : null, ever: stats.hit_ratio[tier.key] };
  });
}

function hitRatios() {
  return new Table('Hits by tier', [
    { title: 'Tier', cell: (row) => row.label },
    { title: 'Share', cell: (row) => bar(row.recent ?? 0, row.key) },
    { title: `${minutes} min`, number: true, cell: (row) => percent(row.recent) },
    { title: 'Since start', number: true, cell: (row) => percent(row.ever) },
    { title: 'Look-ups', number: true, wide: true, cell: (row) => count(row.lookups) },
  ]);
}

function latencies() {
  const column = (title, key) => ({ title, number: true, cell: (row) => time(row[key]) });
  return new Table('Durations since the start', [
    { title: 'Answered by', cell: (row) => row.label }, column('Half', 'p50_ms'), column('95 %', 'p95_ms'),
    column('99 %', 'p99_ms'), { title: 'Answers', number: true, wide: true, cell: (row) => count(row.count) },
  ], 'Nothing has been answered yet.');
}

function queues({ gauges, counters }) {
  const stores = Object.entries(gauges).filter(([name]) => name.startsWith('store_up{'));
  const states = stores.map(([name, value]) => {
    const store = name.slice('store_up{'.length, -1);
    return [store === 'redis' ? 'Redis' : 'Archive', badge(value ? 'up' : 'away', value ? 'good' : 'bad')];
  });
  const outbox = gauges.outbox_rows === undefined ? [] : [
    ['Outbox in Redis', `${count(gauges.outbox_rows)} records, ${bytes(gauges.outbox_bytes)}`],
    ['Given to an instance', `${count(gauges.outbox_pending_rows)} of them`],
    ['Oldest', gauges.outbox_rows ? span(gauges.outbox_oldest_seconds) : none],
  ];
  const lost = counters.mintcache_dropped_rows_total + counters.mintcache_dropped_outbox_rows_total;
  return [element('h2', {}, 'Stores and queues'), facts([
    ...states,
    ['Queue in memory', `${count(gauges.write_queue_rows)} records, ${bytes(gauges.write_queue_bytes)}`],
    ...outbox,
    ['Dropped', lost ? badge(`${count(lost)} records`, 'bad') : 'none'],
    ['Fetches under way', `${count(gauges.flights_in_progress)}, ${count(gauges.flight_waiters)} waiting for them`],
    ['Connections', count(gauges.connections)],
  ])];
}

/** The sick ones first, then those with the most to do. A host that is asked for several purposes is one. */
function hostRows(upstreams) {
  const hosts = new Map();
  for (const { host, healthy, ...figures } of upstreams) {
    const known = hosts.get(host) ?? { host, healthy: true };
    known.healthy &&= healthy;
    for (const [name, value] of Object.entries(figures)) known[name] = (known[name] ?? 0) + value;
    hosts.set(host, known);
  }
  const order = (one, other) => one.healthy - other.healthy || other.transfers - one.transfers;
  return [...hosts.values()].sort(order).slice(0, mostHosts);
}

function hosts() {
  return new Table('Upstream hosts', [
    { title: 'Host', cell: (row) => row.host },
    { title: 'State', cell: (row) => (row.healthy ? badge('healthy', 'good') : badge('left alone', 'bad')) },
    { title: 'Running', number: true, wide: true, cell: (row) => count(row.running) },
    { title: 'Waiting', number: true, wide: true, cell: (row) => count(row.waiting) },
    { title: 'Transfers', number: true, cell: (row) => count(row.transfers) },
    { title: 'Failed', number: true, cell: (row) => count(row.failures) },
  ], 'No upstream has been asked yet.');
}

function sources() {
  return new Table('Sources', [
    { title: 'Source', cell: (row) => row.source },
    { title: 'State', cell: (row) => (row.healthy ? badge('asked', 'good') : badge(row.last_failure ?? 'left alone', 'bad')) },
    { title: 'Documents', number: true, cell: (row) => count(row.documents) },
    { title: 'Missing', number: true, wide: true, cell: (row) => count(row.missing) },
    { title: 'Unusable', number: true, wide: true, cell: (row) => count(row.unusable) },
    { title: 'Failed', number: true, cell: (row) => count(row.failures) },
    { title: 'Budget', number: true, wide: true, cell: (row) => row.budget.map(({ used, limit }) => `${used} of ${limit}`).join(', ') || none },
  ], 'No source is configured.');
}

function gateways() {
  return new Table('Gateways', [
    { title: 'Gateway', cell: (row) => row.host },
    { title: 'Network', wide: true, cell: (row) => row.network },
    { title: 'Standing', cell: (row) => badge(percent(row.health), row.health > 0.7 ? 'good' : row.health > 0.3 ? 'warn' : 'bad') },
    { title: 'Half', number: true, cell: (row) => time(row.p50_ms) },
    { title: '95 %', number: true, wide: true, cell: (row) => time(row.p95_ms) },
    { title: 'Answers', number: true, wide: true, cell: (row) => count(row.answers) },
    { title: 'Failed', number: true, cell: (row) => count(row.failures) },
  ], 'No gateway has been asked yet.');
}
