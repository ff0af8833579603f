// Puts the page together: who is signed in, which view is shown, and what the server tells.

import { $, announce, setText } from './dom.js';
import { showErrors } from './errors.js';
import { Feed } from './feed.js';
import { onSubmit } from './forms.js';
import { Jobs } from './jobs.js';
import { Overview } from './overview.js';
import { startPurging } from './purge.js';
import { session } from './session.js';
import { showSettings, startSettings } from './settings.js';
import { TokenView } from './token.js';

const views = ['overview', 'jobs', 'token', 'purge', 'errors', 'settings'];
const title = document.title;
const overview = new Overview();
const jobs = new Jobs();
const token = new TokenView();
const feed = new Feed('admin/events');
/** What the server has told: samples from the oldest on, and the last of everything else. */
export const state = { instance: null, capacity: 300, samples: [], stats: null };

// Views

function show(isMove) {
  const [name, ...parts] = location.hash.slice(1).split('/').map(decode);
  const current = session.isOpen ? (views.includes(name) ? name : 'overview') : 'sign-in';
  for (const view of [...views, 'sign-in']) $(`#${view}`).hidden = view !== current;
  document.body.dataset.session = session.isOpen ? 'open' : 'none';
  for (const link of document.querySelectorAll('.views a')) {
    if (link.hash === `#${current}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const heading = $(`#${current} h1`);
  document.title = `${heading.textContent} · ${title}`;
  if (isMove) {
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
  if (current === 'overview') overview.show(state);
  if (current === 'token') token.open(parts);
  if (current === 'settings') showSettings();
  if (current === 'sign-in') $('#admin-token').focus();
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

window.addEventListener('hashchange', () => show(true));
$('#skip').addEventListener('click', (event) => {
  event.preventDefault();
  $('#main').focus();
});

// The session

onSubmit($('#sign-in-form'), async ({ 'admin-token': text }) => {
  session.open(text.trim());
  try {
    await session.json('admin/stats');
  } catch (failure) {
    session.close();
    throw failure.status === 401 ? new Error('This is not the admin token.') : failure;
  }
  $('#sign-in-form').reset();
  begin();
  show(true);
});

function begin() {
  feed.start();
  jobs.refresh();
}

function end(reason) {
  feed.stop({ forgets: true });
  session.close();
  setText($('#sign-in-error'), reason);
  Object.assign(state, { instance: null, samples: [], stats: null });
  show(false);
}

$('#sign-out').addEventListener('click', () => end(''));
session.addEventListener('refused', () => {
  if (document.body.dataset.session === 'open') end('The server does not take the token any more. Sign in again.');
});

// What the server tells

let countdown;

feed.addEventListener('state', ({ detail: { state: link, wait } }) => {
  clearInterval(countdown);
  const wasLost = $('#link').dataset.state === 'lost';
  if (link === 'connecting' && wasLost) return setText($('#lost-next'), 'Trying …');
  $('#link').dataset.state = link;
  setText($('#link-text'), { connecting: 'Connecting', live: 'Live', lost: 'Connection lost' }[link]);
  $('#lost').hidden = link !== 'lost';
  if (link === 'live' && wasLost) announce('The connection is back.');
  if (link !== 'lost') return;
  if (!wasLost) announce('The connection is lost.');
  const until = Date.now() + wait;
  const tell = () => setText($('#lost-next'), `Trying again in ${Math.max(Math.ceil((until - Date.now()) / 1000), 0)} s.`);
  tell();
  countdown = setInterval(tell, 500);
});
$('#retry').addEventListener('click', () => feed.retry());

feed.addEventListener('hello', ({ detail }) => {
  setText($('#instance'), detail.instance);
  // Another instance, or the same after a start, counts from the beginning.
  if (state.instance && state.instance !== detail.instance) announce('The process has started anew.');
  if (state.instance !== detail.instance) state.samples = [];
  state.instance = detail.instance;
  state.capacity = detail.capacity;
});
feed.addEventListener('sample', ({ detail }) => {
  if (detail.number <= (state.samples.at(-1)?.number ?? 0)) return;
  state.samples.push(detail);
  if (state.samples.length > state.capacity) state.samples.shift();
});
feed.addEventListener('stats', ({ detail }) => {
  state.stats = detail;
  if (document.hidden) return;
  if (!$('#overview').hidden) overview.show(state);
  jobs.refresh();
});
feed.addEventListener('errors', ({ detail }) => showErrors(detail.events));

// A page that a browser keeps for the way back must not keep a connection.
window.addEventListener('pagehide', () => feed.stop());
window.addEventListener('pageshow', (event) => event.persisted && session.isOpen && begin());

startPurging();
startSettings();
if (session.isOpen) begin();
show(false);
