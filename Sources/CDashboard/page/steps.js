// An explanation: what was done, in which order, and how long each step took.

import { badge, element, facts } from './dom.js';
import { bytes, moment, none, span, time } from './format.js';

const good = new Set(['document', 'uri', 'answered', 'verified', 'ipfs', 'ipns', 'arweave', 'arweave-name', 'http', 'data', 'media', 'archived']);
const isGood = (outcome) => good.has(outcome) || /^status-2/.test(outcome);
const bars = { step: true, source: true, at_ms: true, duration_ms: true, outcome: true };

export function explanation(found) {
  const { ttl } = found;
  const whole = Math.max(found.duration_ms, 0.001);
  return element('div', { class: 'explanation stack' },
    element('div', {}, element('h3', {}, 'Explanation ', badge(found.outcome, found.outcome === 'document' ? 'good' : 'bad')), facts([
      ['Reason', found.reason ?? found.problem?.detail], ['Source', found.source], ['Standard', found.standard],
      ['URI', found.token_uri], ['Type', found.content_type], ['Size', found.bytes && bytes(found.bytes)],
      ['Kept for', ttl && lifetime(ttl)], ['Took', time(found.duration_ms)],
    ])),
    element('ol', { class: 'steps', 'aria-label': 'Steps' }, found.steps.map((step) => row(step, whole))),
    found.omitted_steps ? element('p', { class: 'hint' }, `and ${found.omitted_steps} steps more`) : null);
}

function lifetime(ttl) {
  const parts = [
    `${ttl.class} ${span(ttl.base_seconds)}`, ttl.repetitions > 0 && `grown to ${span(ttl.grown_seconds)} by ${ttl.repetitions} repetitions`,
    `moved by ${ttl.jitter_seconds < 0 ? '−' : '+'}${span(Math.abs(ttl.jitter_seconds))}`,
  ];
  return `${span(ttl.ttl_seconds)}, until ${moment(ttl.fresh_until)}: ${parts.filter(Boolean).join(', ')}`;
}

function row(step, whole) {
  const { step: name, source, at_ms: at, duration_ms: took, outcome } = step;
  const tone = isGood(outcome) ? 'good' : 'bad';
  const part = element('i', { 'data-tone': tone });
  part.style.left = `${Math.min((at / whole) * 100, 99)}%`;
  part.style.width = `${Math.min((took / whole) * 100, 100 - (at / whole) * 100)}%`;
  const details = Object.entries(step).filter(([key]) => !bars[key]).map(([key, value]) => [key.replaceAll('_', ' '), text(value)]);
  return element('li', {}, element('details', {},
    element('summary', {},
      element('span', { class: 'name' }, name === 'source' ? `source ${source}` : name), element('span', {}, badge(outcome, tone)),
      element('span', { class: 'track', 'aria-hidden': 'true' }, part), element('span', { class: 'number' }, time(took))),
    facts([['Begins after', time(at)], ['For the source', source], ...details])));
}

/** A value of any shape, for people. */
function text(value) {
  if (value === null) return none;
  if (Array.isArray(value)) return element('ul', {}, value.map((item) => element('li', {}, text(item))));
  if (typeof value === 'object') return Object.values(value).filter((part) => part !== null).map(String).join(' · ');
  return String(value);
}
