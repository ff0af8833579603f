// What went wrong lately, as the server's log has it.

import { $, badge, element, setText } from './dom.js';
import { count, moment } from './format.js';

export function showErrors(events) {
  const errors = events.filter((event) => event.level === 'error').length;
  setText($('#errors-count'), errors ? String(errors) : '');
  $('#errors-count').hidden = errors === 0;
  $('#error-empty').hidden = events.length > 0;
  $('#error-list').replaceChildren(...events.map(row));
}

function row(event) {
  const isError = event.level === 'error';
  const when = event.count > 1 ? `${count(event.count)} times, last ${moment(event.last)}` : moment(event.last);
  return element('li', { class: 'card event', 'data-level': event.level },
    element('header', {}, badge(event.level, isError ? 'bad' : 'warn'), element('strong', {}, event.message),
      element('time', { datetime: event.last }, when)),
    ...event.fields.map((field) => element('div', { class: 'mono' }, field)));
}
