// What all forms do: show the fields of what is chosen, send once at a time, tell what went wrong.

import { $ } from './dom.js';

/** Shows and asks for the fields whose `data-for` names what is chosen in `kind`. */
export function followKind(form) {
  const update = () => {
    for (const part of form.querySelectorAll('[data-for]')) {
      part.hidden = !part.dataset.for.split(' ').includes(form.elements.kind.value);
      for (const control of part.querySelectorAll('input, textarea')) control.disabled = part.hidden;
    }
  };
  form.elements.kind.addEventListener('change', update);
  update();
}

/** Calls `send` with what is filled in; while it is under way the form sends nothing more. */
export function onSubmit(form, send) {
  const error = $('.error', form);
  const button = $('[type="submit"]', form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    error.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (failure) {
      error.textContent = failure.message;
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

/** Asks before something that cannot be undone. */
export function isSure(question) {
  const dialog = $('#confirm');
  $('#confirm-text').textContent = question;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
