// The server's events, read by `fetch`, because `EventSource` cannot send the token. After a loss they are asked for anew,
// by and by less often, from where they broke off.

import { session } from './session.js';

/** The longest wait between two attempts, in milliseconds. */
const longestWait = 15000;
/** Events come every two seconds; a connection without any is as good as lost. */
const patience = 10000;

/**
 * Dispatches what the server sends as `CustomEvent`s of its names with the data as `detail`, and `state` whenever the
 * connection changes: `connecting`, `live`, or `lost` with the milliseconds until the next attempt.
 */
export class Feed extends EventTarget {
  #path;
  /** Grows with every start and stop, so that a run that was ended notices. */
  #run = 0;
  #isRunning = false;
  #attempts = 0;
  #last = '';
  #abort = null;
  #wake = () => {};

  constructor(path) {
    super();
    this.#path = path;
    window.addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => document.hidden || this.retry());
  }

  async start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const run = ++this.#run;
    while (run === this.#run) {
      this.#tell('connecting');
      await this.#follow();
      if (run !== this.#run) break;
      const wait = Math.min(longestWait, 1000 * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
      this.#attempts += 1;
      this.#tell('lost', wait);
      await this.#pause(wait);
    }
  }

  /** With `forgets` the next start is like the first. */
  stop({ forgets = false } = {}) {
    if (forgets) this.#last = '';
    this.#isRunning = false;
    this.#run += 1;
    this.#attempts = 0;
    this.#abort?.abort();
    this.#wake();
  }

  /** Does not wait any longer. */
  retry() {
    this.#wake();
  }

  #tell(state, wait = 0) {
    this.dispatchEvent(new CustomEvent('state', { detail: { state, wait } }));
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads events until the connection ends, for whatever reason. */
  async #follow() {
    const abort = new AbortController();
    this.#abort = abort;
    const watch = new Watch(patience, () => abort.abort());
    try {
      const headers = { Accept: 'text/event-stream', ...(this.#last && { 'Last-Event-ID': this.#last }) };
      const response = await session.fetch(this.#path, { headers, signal: abort.signal });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        watch.restart();
        const events = (rest + value).split('\n\n');
        rest = events.pop();
        events.forEach((event) => this.#dispatch(event));
      }
    } catch {
      // Whatever it was, the next attempt shows whether it lasts; who is refused is signed out.
    } finally {
      watch.stop();
    }
  }

  /** Reads one event (HTML standard, section 9.2.6); ours have their data on one line. */
  #dispatch(text) {
    const fields = Object.fromEntries(text.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    }));
    if (!fields.event) return;
    if (fields.id) this.#last = fields.id;
    if (this.#attempts > 0 || fields.event === 'hello') {
      this.#attempts = 0;
      this.#tell('live');
    }
    this.dispatchEvent(new CustomEvent(fields.event, { detail: JSON.parse(fields.data) }));
  }
}

/** Calls back when it was not restarted in time. */
class Watch {
  #timer;
  #limit;
  #expired;

  constructor(limit, expired) {
    this.#limit = limit;
    this.#expired = expired;
    this.restart();
  }

  restart() {
    this.stop();
    this.#timer = setTimeout(this.#expired, this.#limit);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
