// A draft that saves itself, and tells when somebody else writes, too.

const TYPING_MS = 1200;
const AGAIN_MS = 5000;
const LISTEN_MS = 10_000;
/** Browsers take no more with a request that outlives its page. */
const KEEPALIVE_BYTES = 60_000;

export function keepDraft({ form, bench }) {
  const { path, fourEyes } = bench.dataset;
  const state = document.getElementById('save-state');
  const notice = document.getElementById('conflict');
  const others = document.getElementById('others');
  const revisions = document.querySelectorAll('input[name="revision"]');
  let revision = Number(form.elements.revision.value);
  let written = 0;
  let saved = 0;
  let theirs = null;
  let saving = null;
  let timer = 0;

  const isDirty = () => written !== saved;
  const say = (text) => {
    if (state.textContent !== text) state.textContent = text;
  };

  function setRevision(number) {
    revision = number;
    for (const field of revisions) field.value = String(number);
  }

  function tellConflict(text, newest) {
    theirs = newest;
    document.getElementById('conflict-text').textContent = text;
    document.getElementById('conflict-advice').hidden = !isDirty();
    notice.hidden = false;
  }

  function draftIsOpen() {
    for (const each of document.querySelectorAll('[data-needs-draft]')) each.hidden = false;
    if (fourEyes !== 'true') return;
    document.getElementById('four-eyes')?.removeAttribute('hidden');
    document.getElementById('publish')?.setAttribute('hidden', '');
  }

  async function send(keepalive) {
    const body = new URLSearchParams(new FormData(form));
    const headers = { accept: 'application/json' };
    const response = await fetch(`${path}/draft`, { method: 'POST', body, headers, keepalive });
    if (response.redirected || response.status === 401) return { kind: 'loggedOut' };
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return { kind: 'saved', ...answer };
    if (answer?.conflict) return { kind: 'conflict', ...answer.conflict };
    return { kind: 'refused', text: answer?.message ?? bench.dataset.wordsNotSaved };
  }

  function took(result, what) {
    switch (result.kind) {
      case 'saved':
        saved = what;
        setRevision(result.revision);
        say(`${bench.dataset.wordsSaved} ${new Date(result.at.iso).toLocaleTimeString()}`);
        draftIsOpen();
        return;
      case 'conflict':
        say(bench.dataset.wordsUnsaved);
        tellConflict(result.text, result.revision);
        return;
      case 'loggedOut':
        say(bench.dataset.wordsLoggedOut);
        break;
      default:
        say(result.text);
    }
    timer = setTimeout(save, AGAIN_MS);
  }

  /** Saves what is written; whoever asks meanwhile waits for the same and for what came after. */
  async function save() {
    clearTimeout(timer);
    if (saving) await saving;
    if (!isDirty() || theirs !== null) return !isDirty();
    const what = written;
    say(bench.dataset.wordsSaving);
    saving = send(false)
      .catch(() => ({ kind: 'refused', text: bench.dataset.wordsNotSaved }))
      .then((result) => took(result, what));
    await saving;
    saving = null;
    return !isDirty();
  }

  async function listen() {
    if (document.hidden || saving || theirs !== null) return;
    const response = await fetch(`${path}/head`, { headers: { accept: 'application/json' } }).catch(
      () => null,
    );
    if (!response?.ok || response.redirected) return;
    const head = await response.json().catch(() => null);
    if (others && head) {
      if (others.textContent !== head.others) others.textContent = head.others;
      others.hidden = head.others === '';
    }
    if (head && !saving && head.revision > revision) tellConflict(head.text, head.revision);
  }

  function leave() {
    if (!isDirty() || theirs !== null || saving) return;
    const size = new URLSearchParams(new FormData(form)).toString().length;
    if (size < KEEPALIVE_BYTES) void send(true).then((result) => took(result, written));
  }

  document.getElementById('take-theirs').addEventListener('click', () => {
    saved = written;
    location.assign(path);
  });
  document.getElementById('keep-mine').addEventListener('click', () => {
    setRevision(theirs);
    theirs = null;
    notice.hidden = true;
    written += 1;
    void save();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void save();
  });
  document.addEventListener('visibilitychange', () => document.hidden && leave());
  addEventListener('beforeunload', (event) => {
    if (isDirty()) event.preventDefault();
  });
  document.getElementById('publish')?.addEventListener('submit', (event) => {
    if (!isDirty() && !saving) return;
    event.preventDefault();
    void save().then((isSaved) => isSaved && event.target.submit());
  });
  setInterval(listen, LISTEN_MS);
  void listen();
  return {
    changed() {
      written += 1;
      say(bench.dataset.wordsUnsaved);
      clearTimeout(timer);
      timer = setTimeout(save, TYPING_MS);
    },
  };
}
