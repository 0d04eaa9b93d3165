// The server's API, as far as the page needs it.

// EventSource gives up for good when it is refused (all places taken); then the page asks again.
const RECONNECT_MS = 5000;

async function getJson(path, params = {}, signal) {
  const query = new URLSearchParams(params);
  const response = await fetch(`${path}?${query}`, { signal });
  return response.ok ? response.json() : undefined;
}

/** The newest `limit` messages in short, newest first, with the counts. */
export function fetchSummaries({ channel, search, limit }) {
  return getJson('/api/summaries', { ...(channel && { channel }), search, limit });
}

/** One whole message; undefined when it is gone. */
export function fetchMessage(id, signal) {
  return getJson(`/api/messages/${encodeURIComponent(id)}`, {}, signal);
}

/** The last messages to one recipient, oldest first. */
export function fetchThread({ channel, to }, limit, signal) {
  return getJson('/api/messages', { channel, to, limit }, signal);
}

export function clearMessages() {
  return fetch('/api/messages', { method: 'DELETE' });
}

/**
 * Calls `onState` after every change, `onLink` when the connection comes or goes. Only while the
 * page is visible: a browser opens 6 connections to one HTTP/1.1 server for all its tabs together,
 * and streams of forgotten tabs would leave none for anything else.
 */
export function watchState(onState, onLink) {
  let source;

  function connect() {
    source?.close();
    if (document.hidden) return;
    source = new EventSource('/api/stream');
    source.addEventListener('state', onState);
    source.addEventListener('open', () => onLink(true));
    source.addEventListener('error', () => {
      onLink(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
    });
  }

  document.addEventListener('visibilitychange', connect);
  connect();
}
