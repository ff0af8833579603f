// Making and changing what is on the page. All text that is not ours goes through textContent; no text becomes markup.

export const $ = (selector, root = document) => root.querySelector(selector);

/** Makes an element: properties are attributes, or with `on` a table of listeners; children are elements or text. */
export function element(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

/** The same for a shape. */
export function shape(name, properties = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), properties, children);
}

function fill(node, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Changes text only where it differs, so that nobody's selection or reading is disturbed. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Says something to those who do not see the page. */
export function announce(text) {
  $('#announcer').textContent = text;
}

/** A link to where a stranger's text leads, if that is the web; else the text. */
export function webLink(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) return document.createTextNode(text);
  return element('a', { href: url.href, rel: 'noopener noreferrer nofollow', target: '_blank' }, text);
}

/**
 * A table with a heading, made once and filled again and again. Each column: `title`, `cell(row)`, and perhaps `number`,
 * `wide` (not on phones).
 */
export class Table {
  #columns;
  #body = element('tbody');
  #scroll;
  #empty;
  #rows = '';
  node;

  constructor(caption, columns, empty = '') {
    const id = `table-${caption.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
    this.#columns = columns;
    this.#empty = element('p', { class: 'hint' }, empty);
    const head = columns.map((column) => element('th', { scope: 'col', class: kind(column) }, column.title));
    this.#scroll = element('div', { class: 'scroll', role: 'region', 'aria-labelledby': id },
      element('table', { 'aria-labelledby': id }, element('thead', {}, element('tr', {}, head)), this.#body));
    this.node = element('div', {}, element('h2', { id }, caption), this.#empty, this.#scroll);
  }

  show(rows) {
    const text = JSON.stringify(rows);
    if (text === this.#rows) return;
    this.#rows = text;
    this.#empty.hidden = rows.length > 0;
    this.#scroll.hidden = rows.length === 0;
    this.#body.replaceChildren(...rows.map((row) => element('tr', {}, this.#columns.map((column, index) =>
      element(index === 0 ? 'th' : 'td', { scope: index === 0 ? 'row' : null, class: kind(column) }, column.cell(row))))));
    // What scrolls must be within reach of the keyboard.
    if (this.#scroll.scrollWidth > this.#scroll.clientWidth) this.#scroll.tabIndex = 0;
    else this.#scroll.removeAttribute('tabindex');
  }
}

function kind(column) {
  return [column.number && 'number', column.wide && 'wide'].filter(Boolean).join(' ') || null;
}

export function badge(text, tone) {
  return element('span', { class: 'badge', 'data-tone': tone }, text);
}

/** A bar of which a part, from 0 to 1, is filled. The figure stands beside it. */
export function bar(part, key) {
  const fill = element('i');
  fill.style.width = `${Math.min(Math.max(part, 0), 1) * 100}%`;
  return element('span', { class: 'bar', 'data-key': key, 'aria-hidden': 'true' }, fill);
}

/** Names and values, those without a value left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return element('dl', { class: 'facts' }, known.flatMap(([name, value]) =>
    [element('dt', {}, name), element('dd', {}, value instanceof Node ? value : String(value))]));
}
