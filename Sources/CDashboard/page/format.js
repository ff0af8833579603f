// Numbers and names as people read them.

const whole = new Intl.NumberFormat('en');
const brief = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

export const none = '–';
const known = (value) => typeof value === 'number' && Number.isFinite(value);

export const count = (value) => (known(value) ? (Math.abs(value) < 100000 ? whole : short).format(value) : none);
export const rate = (value) => (known(value) ? (value < 10 ? tenth : value < 1000 ? brief : short).format(value) : none);
export const percent = (value) => (known(value) ? `${(value * 100).toFixed(value > 0 && value < 1 ? 1 : 0)} %` : none);

/** Milliseconds, in the unit that suits. */
export function time(milliseconds) {
  if (!known(milliseconds)) return none;
  if (milliseconds < 1 && milliseconds > 0) return `${brief.format(milliseconds * 1000)} µs`;
  if (milliseconds < 1000) return `${brief.format(milliseconds)} ms`;
  return span(milliseconds / 1000);
}

/** Seconds, in the two largest units that suit. */
export function span(seconds) {
  if (!known(seconds)) return none;
  if (seconds < 60) return `${seconds < 10 ? brief.format(seconds) : Math.round(seconds)} s`;
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = units.findIndex(([size]) => seconds >= size);
  const [[large, name], [small, smallName]] = [units[first], units[first + 1]];
  const rest = Math.floor((seconds % large) / small);
  return rest ? `${Math.floor(seconds / large)} ${name} ${rest} ${smallName}` : `${Math.floor(seconds / large)} ${name}`;
}

export function bytes(value) {
  if (!known(value)) return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1024 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
  return `${brief.format(value / 1024 ** power)} ${units[power]}`;
}

export const clock = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A moment of the server's, as this place has it. */
export function moment(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? String(text ?? none) : date.toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}

/** The day of a number of seconds since 1970. */
export function day(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toLocaleDateString([], { dateStyle: 'medium', timeZone: 'UTC' });
}

/**
 * The token that a text names: `chain/contract/number`, CAIP-19 (`eip155:1/erc721:0x…/7`), an address of the public
 * API, or the three with blanks between them. Null when it names none; whether there is such a token the server says.
 */
export function parseToken(text) {
  const path = text.trim().replace(/^https?:\/\/[^/]*/i, '').replace(/^\/?(v1|admin\/tokens)\/(assets\/)?/, '').replace(/[?#].*$/, '');
  const parts = path.split(path.includes('/') ? '/' : /\s+/).map((part) => part.trim()).filter(Boolean);
  if (parts.length < 3) return null;
  const [chain, contract, number] = parts;
  return { chain, contract: contract.replace(/^erc\d+:/i, ''), token_id: number };
}

/** The tokens of a text with one on each line; throws for a line that names none. */
export function parseTokens(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  return lines.map((line) => {
    const token = parseToken(line);
    if (!token) throw new Error(`“${line.slice(0, 80)}” names no token.`);
    return token;
  });
}
