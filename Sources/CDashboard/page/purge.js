// Forgetting, and fetching anew.

import { $, facts } from './dom.js';
import { followKind, isSure, onSubmit } from './forms.js';
import { parseTokens } from './format.js';
import { session } from './session.js';

export function startPurging() {
  const form = $('#purge-form');
  followKind(form);
  onSubmit(form, async (fields) => {
    const outcome = $('#purge-outcome');
    outcome.replaceChildren();
    const { kind, soft } = fields;
    if (kind !== 'tokens' && !soft && !(await isSure(question(fields)))) return;
    const body = { ...selection(fields), ...(soft && { soft: true }) };
    const report = await session.json('admin/purge', { method: 'POST', body });
    outcome.replaceChildren(soft ? 'What is held counts as stale now.' : 'Forgotten everywhere.', facts([
      ['What', report.scopes.slice(0, 5).join(', ') + (report.scopes.length > 5 ? ` and ${report.scopes.length - 5} more` : '')],
      ['Confirmed by', report.instances.join(', ')], ['Silent', report.silent.join(', ') || null],
    ]));
  });

  onSubmit($('#refresh-form'), async ({ tokens }) => {
    const outcome = $('#refresh-outcome');
    outcome.replaceChildren();
    const { id } = await session.json('admin/refresh', { method: 'POST', body: { tokens: parseTokens(tokens) } });
    outcome.replaceChildren(`Job ${id} fetches them anew; it is among the jobs.`);
  });
}

function question({ kind, chain, contract, route, url, tag }) {
  const what = {
    contract: `everything about ${contract} on ${chain}`, route: `${url ? `“${url}”` : 'everything'} on the route “${route}”`,
    tag: `everything with the tag “${tag}”`, everything: 'everything that this and all other instances hold',
  };
  return `This forgets ${what[kind]}, in memory, Redis and the archive. It is fetched anew when somebody asks for it.`;
}

/** The body of `POST /admin/purge`. */
function selection({ kind, tokens, chain, contract, route, url, prefix, tag }) {
  switch (kind) {
    case 'tokens': return { tokens: parseTokens(tokens) };
    case 'contract': return { chain: chain.trim(), contract: contract.trim() };
    case 'route': return { route: route.trim(), ...(url && { [prefix ? 'prefix' : 'url']: url.trim() }) };
    case 'tag': return { tag: tag.trim() };
    default: return { everything: true };
  }
}
