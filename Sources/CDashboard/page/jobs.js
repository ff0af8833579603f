// Warm jobs: those there are, and a form for a new one.

import { $, announce, badge, element, setText } from './dom.js';
import { followKind, onSubmit } from './forms.js';
import { count, moment, none, parseTokens, rate, span } from './format.js';
import { session } from './session.js';

const tones = { running: 'good', queued: 'warn', failed: 'bad', finished: '', cancelled: '' };
const isOver = (job) => !['running', 'queued'].includes(job.state);

export class Jobs {
  #cards = new Map();
  #states = new Map();
  #isAsking = false;

  constructor() {
    const form = $('#job-form');
    followKind(form);
    onSubmit(form, async (fields) => {
      const { id } = await session.json('admin/warm', { method: 'POST', body: request(fields) });
      announce(`Job ${id} has been started.`);
      await this.refresh();
    });
  }

  /** Asks for the jobs, unless that is under way. */
  async refresh() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#show((await session.json('admin/warm')).jobs);
    } catch {
      // The next time will do; a lost connection is told elsewhere.
    } finally {
      this.#isAsking = false;
    }
  }

  #show(jobs) {
    const running = jobs.filter((job) => !isOver(job)).length;
    setText($('#jobs-count'), running ? String(running) : '');
    $('#jobs-count').hidden = running === 0;
    $('#job-empty').hidden = jobs.length > 0;
    const list = $('#job-list');
    const known = new Set(jobs.map((job) => job.id));
    for (const [id, card] of this.#cards) {
      if (known.has(id)) continue;
      card.node.remove();
      this.#cards.delete(id);
    }
    jobs.forEach((job, index) => {
      const card = this.#cards.get(job.id) ?? new Card(job, () => this.refresh());
      this.#cards.set(job.id, card);
      card.show(job);
      if (list.children[index] !== card.node) list.insertBefore(card.node, list.children[index] ?? null);
      this.#tellEnd(job);
    });
  }

  #tellEnd(job) {
    if (this.#states.get(job.id) === 'running' && isOver(job)) {
      announce(`Job ${job.id} ${job.state}: ${count(job.fetched)} fetched, ${count(job.failed)} failed.`);
    }
    this.#states.set(job.id, job.state);
  }
}

/** One job, changed in place, so that a button keeps the focus. */
class Card {
  #title = element('h3');
  #state = element('span');
  #progress = element('progress');
  #counts = element('p', { class: 'counts' });
  #note = element('p', { class: 'hint' });
  #cancel;
  #retry;
  #failures = element('details', {}, element('summary'), element('ul', { class: 'failures' }));
  #error = element('p', { class: 'error', role: 'alert' });
  #shown = '';
  node;

  constructor({ id }, changed) {
    const path = `admin/warm/${encodeURIComponent(id)}`;
    const act = (name, label, path, method) => element('button', {
      type: 'button', class: 'quiet', 'aria-label': `${label} ${id}`,
      on: {
        click: async () => {
          this.#error.textContent = '';
          try {
            await session.json(path, { method });
            announce(`${label} ${id}: done.`);
          } catch (failure) {
            this.#error.textContent = failure.message;
          }
          await changed();
        },
      },
    }, name);
    this.#cancel = act('Cancel', 'Cancel job', path, 'DELETE');
    this.#retry = act('Retry failures', 'Retry the failures of job', `${path}/retry`, 'POST');
    this.#progress.setAttribute('aria-label', `Progress of job ${id}`);
    this.node = element('li', { class: 'card job', 'data-job': id },
      element('header', {}, this.#title, this.#state, element('span', { class: 'spacer' }), this.#retry, this.#cancel),
      this.#progress, this.#counts, this.#note, this.#failures, this.#error);
  }

  show(job) {
    const text = JSON.stringify(job);
    if (text === this.#shown) return;
    this.#shown = text;
    this.node.dataset.state = job.state;
    setText(this.#title, job.selection ?? `Job ${job.id}`);
    this.#state.replaceChildren(badge(job.dry_run ? `${job.state}, only counting` : job.state, tones[job.state]));
    this.#showProgress(job);
    this.#showFailures(job.failures ?? []);
    const notes = [
      job.note, estimate(job.estimate), job.schedule && `scheduled: ${job.schedule}`, job.retry_of && `repeats ${job.retry_of}`,
      job.created_at && `since ${moment(job.created_at)}`, job.ended_at && `until ${moment(job.ended_at)}`,
    ];
    setText(this.#note, notes.filter(Boolean).join(' · '));
    this.#cancel.hidden = isOver(job);
    this.#retry.hidden = !isOver(job) || !job.retryable;
  }

  #showProgress(job) {
    const isKnown = typeof job.total === 'number' && job.total > 0;
    if (isKnown || isOver(job)) {
      this.#progress.max = isKnown ? job.total : 1;
      this.#progress.value = isKnown ? job.done : 1;
    } else {
      this.#progress.removeAttribute('value');
    }
    const figures = [
      [`${count(job.done)} of ${isKnown ? count(job.total) : '?'}`, ''], [count(job.fetched), job.dry_run ? 'to fetch' : 'fetched'],
      [count(job.already_fresh), 'already fresh'], [count(job.skipped ?? 0), 'skipped'], [count(job.failed), 'failed'],
      [rate(job.rate), 'a second'], [job.eta_seconds === null ? none : span(job.eta_seconds), 'left'],
    ].filter(([value, label]) => !(label === 'skipped' && value === '0') && !(label === 'left' && isOver(job)));
    this.#counts.replaceChildren(...figures.map(([value, label]) => element('span', {}, element('b', {}, value), ` ${label}`)));
  }

  #showFailures(groups) {
    this.#failures.hidden = groups.length === 0;
    const total = groups.reduce((all, group) => all + (group.count ?? 1), 0);
    setText($('summary', this.#failures), `Why ${count(total)} failed`);
    $('ul', this.#failures).replaceChildren(...groups.map((group) => element('li', {},
      element('b', {}, `${count(group.count ?? 1)} × `), group.reason,
      ...(group.examples ?? [group]).map(({ token }) => element('div', { class: 'mono' }, token)))));
  }
}

function estimate(figures) {
  if (!figures) return null;
  return `${count(figures.to_fetch)} to fetch, with ${count(figures.upstream_calls)} calls, in about ${span(figures.seconds)}`;
}

/** The body of `POST /admin/warm`. */
function request({ kind, chain, contract, from, to, token_ids: ids, tokens, rate, concurrency, refresh, dry_run: isDry }) {
  const collection = { chain: chain?.trim(), contract: contract?.trim() };
  const selections = {
    range: () => ({ ...collection, from: from.trim(), to: to.trim() }),
    supply: () => ({ ...collection, supply: true }),
    archive: () => ({ ...collection, archive: true }),
    token_ids: () => ({ ...collection, token_ids: ids.split(/[\s,;]+/).filter(Boolean) }),
    tokens: () => ({ tokens: parseTokens(tokens) }),
  };
  return {
    ...selections[kind](),
    ...(rate && { rate: Number(rate) }), ...(concurrency && { concurrency: Number(concurrency) }),
    ...(refresh && { refresh: true }), ...(isDry && { dry_run: true }),
  };
}
