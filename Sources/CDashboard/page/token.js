// One token: what it is, where it is held, and how it comes to be so.

import { $, announce, badge, element, facts, webLink } from './dom.js';
import { onSubmit } from './forms.js';
import { bytes, count, day, moment, none, parseToken, span } from './format.js';
import { CallFailed, session } from './session.js';
import { explanation } from './steps.js';

/** Of a longer document only the beginning is shown, in characters. */
const longestDocument = 200000;

export class TokenView {
  #number = 0;
  #imageURL = null;

  constructor() {
    onSubmit($('#token-form'), async ({ token }) => {
      const parsed = parseToken(token);
      if (!parsed) throw new Error('That names no token: a chain, a contract and a number are wanted.');
      const { chain, contract, token_id: number } = parsed;
      const hash = `#token/${[chain, contract, number].map(encodeURIComponent).join('/')}`;
      if (location.hash === hash) await this.look(parsed);
      else location.hash = hash;
    });
  }

  /** Shows what the address of the page names. */
  async open(parts) {
    if (parts.length !== 3) return;
    const [chain, contract, number] = parts;
    $('#token-name').value = parts.join('/');
    await this.look({ chain, contract, token_id: number });
  }

  async look({ chain, contract, token_id: number }) {
    const turn = ++this.#number;
    const path = [chain, contract, number].map(encodeURIComponent).join('/');
    const result = $('#token-result');
    result.replaceChildren(element('p', { class: 'empty card' }, 'Looking it up …'));
    const [token, document, entries] = await Promise.allSettled([
      session.json(`admin/tokens/${path}`), session.text(`admin/tokens/${path}/metadata`), session.json(`admin/entries/${path}`),
    ]);
    if (turn !== this.#number) return;
    if (token.status === 'rejected' && entries.status === 'rejected') {
      result.replaceChildren();
      $('#token-form .error').textContent = token.reason.message;
      return;
    }
    $('#token-form .error').textContent = '';
    result.replaceChildren(element('div', { class: 'result' },
      token.status === 'fulfilled' ? this.#card(token.value, path, turn) : failure(token.reason),
      this.#actions({ chain, contract, token_id: number }, path),
      document.status === 'fulfilled' ? rawDocument(document.value) : null,
      entries.status === 'fulfilled' ? holdings(entries.value) : null));
    announce(token.status === 'fulfilled' ? `Found ${token.value.name ?? 'the token'}.` : token.reason.message);
  }

  // The normalised token

  #card(token, path, turn) {
    const picture = element('div', { class: 'picture' }, element('p', {}, token.image ? 'Loading the image …' : 'It names no image.'));
    if (token.image) this.#showImage(picture, token, path, turn);
    const traits = (token.attributes ?? []).map(({ trait_type: name, value, display_type: kind }) => {
      const text = kind === 'date' && typeof value === 'number' ? day(value) : String(value ?? none);
      return element('li', {}, element('span', {}, name ?? 'Trait'), text);
    });
    return element('article', { class: 'card token', 'aria-labelledby': 'token-heading' }, picture,
      element('div', { class: 'text' },
        element('h2', { id: 'token-heading' }, token.name ?? 'Without a name'),
        token.description ? element('p', { class: 'description' }, token.description) : null,
        traits.length ? element('ul', { class: 'traits', 'aria-label': 'Attributes' }, traits) : null,
        facts([
          ['Chain', token.chain], ['Contract', element('span', { class: 'mono' }, token.contract)],
          ['Number', element('span', { class: 'mono' }, token.token_id)], ['Standard', token.standard],
          ['URI', token.token_uri && webLink(token.token_uri)], ['Image', token.image && webLink(shortened(token.image))],
          ['Animation', token.animation_url && webLink(shortened(token.animation_url))],
          ['Web site', token.external_url && webLink(token.external_url)],
          ['Source', token.source], ['Fetched', token.fetched_at && moment(token.fetched_at)],
          ['State', token.stale ? badge('stale', 'warn') : badge('fresh', 'good')],
        ])));
  }

  /** The server fetches it, so that this browser goes to no stranger. */
  async #showImage(picture, token, path, turn) {
    let content;
    try {
      content = await (await session.fetch(`admin/tokens/${path}/image`)).blob();
    } catch (error) {
      picture.replaceChildren(element('p', {}, error.message));
      return;
    }
    if (turn !== this.#number || !content.type.startsWith('image/')) return;
    if (this.#imageURL) URL.revokeObjectURL(this.#imageURL);
    this.#imageURL = URL.createObjectURL(content);
    const image = element('img', { alt: `The image of ${token.name ?? 'the token'}`, src: this.#imageURL });
    image.addEventListener('error', () => picture.replaceChildren(element('p', {}, 'This browser cannot show the image.')));
    // The pixels of small ones are meant to be seen.
    image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth < 100));
    picture.replaceChildren(image);
  }

  // What can be done

  #actions(token, path) {
    const outcome = element('div', { class: 'outcome', role: 'status' });
    const place = element('div');
    const act = (name, work, look) => element('button', {
      type: 'button', class: look,
      on: {
        click: async ({ currentTarget: button }) => {
          button.disabled = true;
          try {
            outcome.textContent = (await work()) ?? '';
          } catch (error) {
            outcome.textContent = error.message;
          }
          button.disabled = false;
          button.focus();
        },
      },
    }, name);
    const purge = (soft) => async () => {
      await session.json('admin/purge', { method: 'POST', body: { tokens: [token], ...(soft && { soft }) } });
      return soft ? 'What is held counts as stale now.' : 'Forgotten everywhere.';
    };
    return element('section', { class: 'card stack', 'aria-labelledby': 'token-actions' },
      element('h2', { id: 'token-actions' }, 'What to do'),
      element('div', { class: 'buttons' },
        act('Explain', async () => {
          place.replaceChildren(explanation(await session.json(`admin/explain/${path}`)));
          return 'The sources were asked, past all caches. Nothing of it was kept.';
        }),
        act('Refresh', async () => {
          const { id } = await session.json('admin/refresh', { method: 'POST', body: { tokens: [token] } });
          return `Job ${id} fetches it anew.`;
        }),
        act('Look again', () => this.look(token)), act('Mark as stale', purge(true)), act('Purge', purge(false), 'danger')),
      outcome, place);
  }
}

function failure(error) {
  const status = error instanceof CallFailed && error.status ? `Status ${error.status}` : 'No answer';
  return element('article', { class: 'card stack' },
    element('h2', {}, 'It cannot be served ', badge(status, 'bad')), element('p', { class: 'description' }, error.message));
}

function rawDocument(text) {
  const isLong = text.length > longestDocument;
  const note = isLong ? `The first ${count(longestDocument)} of ${count(text.length)} characters.` : `${count(text.length)} characters, as the source gave them.`;
  return element('div', { class: 'card stack' },
    element('div', {}, element('h2', { id: 'token-document' }, 'Raw document'), element('p', { class: 'hint' }, note)),
    element('pre', { class: 'code inset', tabindex: 0, role: 'region', 'aria-labelledby': 'token-document' }, text.slice(0, longestDocument)));
}

// Where it is held

const freshness = { fresh: 'good', 'stale-while-revalidate': 'warn', 'stale-if-error': 'warn', expired: 'bad' };

function holdings(entries) {
  const state = entries.held ? badge('held', 'good') : badge('held nowhere', 'warn');
  const memory = entries.memory.map((entry) => tier(`Memory, ${entry.representation}`, entry));
  return element('section', { class: 'card stack', 'aria-labelledby': 'token-holdings' },
    element('div', {}, element('h2', { id: 'token-holdings' }, 'Where it is held ', state)),
    facts([
      ['Being fetched', entries.being_fetched ? 'yes' : null],
      ['Stale by an event', entries.outdated_before && `what was read before ${moment(entries.outdated_before)}`],
      ['Left alone until', entries.sources_left_alone_until && moment(entries.sources_left_alone_until)],
      ['Failures in a row', entries.failures_in_a_row || null],
    ]),
    element('div', { class: 'columns tiers' },
      memory.length ? memory : tier('Memory', { state: 'nothing' }), tier('Redis', entries.redis), tier('Archive', entries.archive)));
}

function tier(name, entry) {
  if (entry.state && entry.state !== 'held') {
    return element('div', {}, element('h3', {}, name), element('p', { class: 'hint' }, [entry.state, entry.reason].filter(Boolean).join(': ')));
  }
  const isOver = entry.ttl_seconds < 0;
  return element('div', {}, element('h3', {}, name), facts([
    ['State', badge(entry.freshness ?? entry.outcome, freshness[entry.freshness] ?? '')],
    ['Purged', entry.purged && entry.purged !== 'no' ? badge(entry.purged, 'warn') : null],
    ['Outcome', entry.outcome], ['Status', entry.status],
    ['Size', entry.answer_bytes === undefined ? entry.bytes && bytes(entry.bytes) : `${bytes(entry.answer_bytes)}, takes ${bytes(entry.footprint_bytes)}`],
    ['Age', span(entry.age_seconds)], [isOver ? 'Over for' : 'Fresh for', span(Math.abs(entry.ttl_seconds))],
    ['Source', entry.source], ['Taken from', entry.taken_from],
  ]));
}

/** Without the bytes that a URL may carry in itself. */
function shortened(url) {
  return url.length > 400 ? `${url.slice(0, 80)}… (${count(url.length)} characters)` : url;
}
