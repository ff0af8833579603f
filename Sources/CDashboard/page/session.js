// Who is signed in, and calls of the admin API in their name. The token is in this tab's session storage and nowhere else.

const key = 'mintcache.admin-token';

/** Why a call brought nothing. `status` is 0 when there was no answer at all. */
export class CallFailed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Tells of `refused`: the server does not take the token any more. */
export const session = new (class extends EventTarget {
  #token = sessionStorage.getItem(key);

  get isOpen() {
    return this.#token !== null;
  }

  open(token) {
    this.#token = token;
    sessionStorage.setItem(key, token);
  }

  close() {
    this.#token = null;
    sessionStorage.removeItem(key);
  }

  /** Fetches a path of this listener; throws `CallFailed` unless it is answered with success. */
  async fetch(path, { method = 'GET', body, headers = {}, signal } = {}) {
    const fields = { ...headers, Authorization: `Bearer ${this.#token ?? ''}` };
    if (body !== undefined) fields['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(path, {
        method, signal, headers: fields, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
        redirect: 'error', body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new CallFailed(0, 'There is no answer from the server.');
    }
    if (response.ok) return response;
    const failure = new CallFailed(response.status, await explanation(response));
    if (response.status === 401) this.dispatchEvent(new Event('refused'));
    throw failure;
  }

  async json(path, options) {
    return (await this.fetch(path, options)).json();
  }

  async text(path, options) {
    return (await this.fetch(path, options)).text();
  }
})();

/** What a problem document says (RFC 9457). */
async function explanation(response) {
  try {
    const problem = await response.json();
    return String(problem.detail ?? problem.title ?? `Status ${response.status}`);
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}
