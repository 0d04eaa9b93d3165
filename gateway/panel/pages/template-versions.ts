import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { TemplateVersion } from '../../../schemas/generated/records.ts';
import { limits } from '../../../schemas/limits.ts';
import { stateOf } from '../../templates/authored.ts';
import type { Which } from '../../templates/templates.ts';
import type { LanguageDiff, LineDiff } from '../../templates/text-diff.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import type { PanelParts } from '../parts.ts';
import { sendMissing, sendProblemPage } from '../problem-pages.ts';
import { templatePath } from '../template-answers.ts';
import { languageName } from '../template-preview.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import type { Words } from '../words/words.ts';
import { IdParams } from './template-editor.ts';

const section = 'templates';
/** Nobody reads more steps at once; older ones are found by their number. */
const maxVersions = 200;
const maxVersion = 1_000_000_000;

const VersionParams = Type.Object({
  id: IdParams.properties.id,
  version: Type.Integer({ minimum: 1, maximum: maxVersion }),
});
const Sides = Type.Object({
  from: Type.Optional(Type.String({ maxLength: 10 })),
  to: Type.Optional(Type.String({ maxLength: 10 })),
});

function stepView(step: TemplateVersion, current: number | null, words: Words) {
  const { templates, language } = words;
  const { version, kind, sourceVersion, note, templateId } = step;
  const isFrom = sourceVersion !== null && kind !== 'archived';
  return {
    version,
    name: templates.versionName(version),
    path: `${templatePath(templateId)}/versions/${version}`,
    kind: templates.kinds[kind],
    source: isFrom ? templates.ofVersion(sourceVersion) : null,
    note,
    author: step.authorName,
    publisher: step.publisherName,
    at: shownTime(language, step.publishedAt),
    isCurrent: version === current,
  };
}

type Piece = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

const piecesOf = (line: LineDiff): readonly Piece[] =>
  line.kind === 'changed' ? line.words : [{ kind: line.kind, text: line.text }];

const isSame = (lines: readonly LineDiff[]) => lines.every(({ kind }) => kind === 'same');

/** How texts differ, language by language; what is the same in a language is left out. */
function diffView(diffs: readonly LanguageDiff[], words: Words) {
  const { templates } = words;
  const part = (name: string, lines: readonly LineDiff[]) => ({
    name,
    pieces: lines.flatMap(piecesOf).map(({ kind, text }) => ({
      text,
      isAdded: kind === 'added',
      isRemoved: kind === 'removed',
    })),
  });
  return diffs
    .map(({ locale, subject, body }) => ({
      language: languageName(locale, words),
      parts: [
        ...(isSame(subject) ? [] : [part(templates.subject, subject)]),
        ...(isSame(body) ? [] : [part(templates.body, body)]),
      ],
    }))
    .filter(({ parts }) => parts.length > 0);
}

const sideOf = (text: string | undefined, other: Which): Which => {
  if (text === 'draft') return { kind: 'draft' };
  return /^[1-9]\d{0,8}$/.test(text ?? '') ? { kind: 'version', version: Number(text) } : other;
};

const sideText = (which: Which) => (which.kind === 'version' ? String(which.version) : which.kind);

const sideName = (which: Which, { templates }: Words) =>
  which.kind === 'version' ? templates.versionName(which.version) : templates.theDraft;

/** /templates/{id}/versions */
function historyPage({ templates }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  return async (app) => {
    const path = '/templates/:id/versions';
    app.get(path, { schema: { params: IdParams }, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const found = templates.versions(id, maxVersions);
      const authored = templates.find(id);
      if (!authored.ok) return sendProblemPage(reply, authored.problem);
      if (!found.ok) return sendMissing(reply, words.templateEditor.gone);
      const { published } = authored.value;
      const title = words.templates.historyTitle(id);
      const data = {
        words: words.templates,
        id,
        path: templatePath(id),
        title,
        steps: found.value.map((step) => stepView(step, published?.version ?? null, words)),
      };
      return sendPage(reply, { view: 'template-history', title, section, data });
    });
  };
}

/** /templates/{id}/versions/{version} */
function versionPage({ templates }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  return async (app) => {
    const path = '/templates/:id/versions/:version';
    app.get(path, { schema: { params: VersionParams }, onRequest }, async (request, reply) => {
      const { id, version } = request.params;
      const words = wordsFor(request);
      const found = templates.version(id, version);
      const authored = templates.find(id);
      if (!authored.ok) return sendProblemPage(reply, authored.problem);
      if (!found.ok) return sendMissing(reply, words.templateEditor.gone);
      const step = found.value;
      const { published } = authored.value;
      const former = step.previousVersion;
      const diff =
        former === null
          ? null
          : templates.diff(id, { kind: 'version', version: former }, { kind: 'version', version });
      const mayPublish = visitorOf(request).identity.scopes.has('templates:publish');
      const isArchived = stateOf(authored.value) === 'archived';
      const title = words.templates.versionTitle(id, version);
      const data = {
        words: words.templates,
        id,
        path: templatePath(id),
        title,
        step: stepView(step, published?.version ?? null, words),
        isFirst: former === null,
        diff: diff?.ok ? diffView(diff.value, words) : [],
        texts: step.texts.map(({ locale, subject, body }) => ({
          language: languageName(locale, words),
          locale,
          subject,
          body,
        })),
        mayRollBack: mayPublish && !isArchived && published?.version !== version,
        maxNote: limits.detailChars,
      };
      return sendPage(reply, { view: 'template-version', title, section, data });
    });
  };
}

/** /templates/{id}/diff?from=…&to=… */
function diffPage({ templates }: PanelParts): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor('templates:read');
  const schema = { params: IdParams, querystring: Sides };
  return async (app) => {
    app.get('/templates/:id/diff', { schema, onRequest }, async (request, reply) => {
      const { id } = request.params;
      const words = wordsFor(request);
      const authored = templates.find(id);
      if (!authored.ok) return sendProblemPage(reply, authored.problem);
      const state = stateOf(authored.value);
      if (state === null) return sendMissing(reply, words.templateEditor.gone);
      const { head, published } = authored.value;
      const steps = templates.versions(id, maxVersions);
      const known = steps.ok ? steps.value.map((step) => step.version) : [];
      const numbers = [...new Set([...(published ? [published.version] : []), ...known])];
      const sides: readonly Which[] = [
        ...(head?.state === 'open' ? [{ kind: 'draft' } as const] : []),
        ...numbers.map((version) => ({ kind: 'version', version }) as const),
      ];
      const [newest = { kind: 'draft' } as const] = sides;
      const to = sideOf(request.query.to, newest);
      const from = sideOf(request.query.from, sides[1] ?? newest);
      const found = templates.diff(id, from, to);
      if (!found.ok) return sendMissing(reply, words.templateEditor.gone);
      const options = (chosen: Which) =>
        sides.map((each) => ({
          value: sideText(each),
          name: sideName(each, words),
          chosen: sideText(each) === sideText(chosen),
        }));
      const title = `${words.templates.changes}: ${id}`;
      const data = {
        words: words.templates,
        id,
        path: templatePath(id),
        title,
        fields: [
          { name: 'from', label: words.templates.compareFrom, options: options(from), value: null },
          { name: 'to', label: words.templates.compareTo, options: options(to), value: null },
        ],
        between: words.templates.changesFrom(sideName(from, words), sideName(to, words)),
        diff: diffView(found.value, words),
      };
      return sendPage(reply, { view: 'template-diff', title, section, data });
    });
  };
}

/** The history of a template, one version of it, and how two of them differ. */
export function templateVersionPages(parts: PanelParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(historyPage(parts));
    await app.register(versionPage(parts));
    await app.register(diffPage(parts));
  };
}
