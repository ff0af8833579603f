// The configuration in force.

import { $, element, setText } from './dom.js';
import { session } from './session.js';

export function startSettings() {
  $('#reload').addEventListener('click', async ({ currentTarget: button }) => {
    const outcome = $('#reload-outcome');
    outcome.textContent = '';
    button.disabled = true;
    try {
      await session.json('admin/reload', { method: 'POST' });
      outcome.textContent = 'The file was read and is in force.';
      await showSettings();
    } catch (failure) {
      outcome.textContent = failure.message;
    }
    button.disabled = false;
    button.focus();
  });
}

export async function showSettings() {
  try {
    const lines = (await session.text('admin/config')).split('\n');
    $('#configuration').replaceChildren(...lines.flatMap(coloured));
  } catch (failure) {
    setText($('#reload-outcome'), failure.message);
  }
}

/** A line of YAML, its key and its comment set off. */
function coloured(line) {
  const [, key, value, comment] = /^(\s*(?:- )?[\w.-]+:)?(.*?)(\s#.*|^\s*#.*)?$/.exec(line);
  return [key && element('span', { class: 'key' }, key), value, comment && element('span', { class: 'comment' }, comment), '\n']
    .filter(Boolean);
}
