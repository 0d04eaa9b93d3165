import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const english = {
  title: 'Shared parts',
  lead: 'Headers, footers and layouts that the texts of a channel share.',
  create: 'New shared part',
  id: 'Part',
  languages: 'Languages',
  version: 'Version',
  usedIn: 'In templates',
  outdated: 'With an older one',
  emptyTitle: 'No shared part yet',
  emptyText:
    'What all letters have in common is written once: {{> footer}} in a template stands for it. ' +
    'A change reaches people when you publish the templates again.',
  newTitle: 'A new shared part',
  newLead: 'It begins as a draft, which no template can use until it is published.',
  newId: 'Name',
  newIdHint: 'Texts name it: {{> footer}}. Small Latin letters, digits, - and _. It is for good.',
  newSubmit: 'Begin',
  badId: 'A name begins with a small Latin letter; then letters, digits, - and _, 60 in all.',
  idTaken: 'There is a shared part of this name already, in use or in the archive.',
  back: 'Shared parts',
  history: 'History',
  historyTitle: (id: string) => `History of ${id}`,
  historyEmpty: 'Nothing was published here yet.',
  versionName: (version: number) => `Version ${version}`,
  texts: 'Its texts',
  how: (id: string) => `In a text: {{> ${id}}}`,
  howWrapped: (id: string) => `Around a text: {{#> ${id}}}…{{/${id}}}`,
  publishAbout: 'New texts are put together with it. What is published stays as it is.',
  published: (version: number) => `Published: version ${version}. No template is changed by that.`,
  uses: 'Where it is used',
  unused: 'In no template and in no other part.',
  publishedWith: (version: number) => `published with version ${version}`,
  inDraft: 'in the draft',
  olderVersion: 'older',
  otherParts: 'In other shared parts',
  renewTitle: 'Publish again with the newest version',
  renewAbout: (count: number) =>
    `${englishCount(count, 'template is', 'templates are')} published with an older version. ` +
    'Each gets a new version of its own; drafts stay open.',
  renewCount: (count: number) => `To be sure, type their number: ${count}`,
  renew: 'Publish them again',
  renewed: (count: number) => `${englishCount(count, 'template', 'templates')} published again.`,
  notRenewed: (ids: string) => `Not published, look at them: ${ids}.`,
  miscounted: 'The number is another one. Nothing was published.',
  archiveAbout: 'Nobody can use it any more. Its history stays.',
  archiveNot: 'It is mentioned, so it stays. Take it out there first.',
  archived: 'It is archived now.',
  gone: 'There is no such shared part.',
};

/** What the pages of shared parts say. */
export type TemplatePartWords = typeof english;

const templatesRu = (count: number) => russianCount(count, 'шаблон', 'шаблона', 'шаблонов');

const russian: TemplatePartWords = {
  title: 'Общие части',
  lead: 'Шапки, подвалы и макеты, общие для текстов одного канала.',
  create: 'Новая часть',
  id: 'Часть',
  languages: 'Языки',
  version: 'Версия',
  usedIn: 'В шаблонах',
  outdated: 'Со старой',
  emptyTitle: 'Общих частей пока нет',
  emptyText:
    'То, что есть в каждом письме, пишут один раз: в шаблоне его заменяет {{> footer}}. ' +
    'Правка дойдёт до людей, когда вы опубликуете шаблоны заново.',
  newTitle: 'Новая общая часть',
  newLead: 'Она начинается как черновик: шаблоны смогут её взять после публикации.',
  newId: 'Имя',
  newIdHint: 'Так её зовут тексты: {{> footer}}. Строчная латиница, цифры, - и _. Имя навсегда.',
  newSubmit: 'Начать',
  badId: 'Имя начинается со строчной латинской буквы; дальше буквы, цифры, - и _, всего до 60.',
  idTaken: 'Общая часть с таким именем уже есть, в работе или в архиве.',
  back: 'Общие части',
  history: 'История',
  historyTitle: (id) => `История части ${id}`,
  historyEmpty: 'Здесь ещё ничего не публиковали.',
  versionName: (version) => `Версия ${version}`,
  texts: 'Её тексты',
  how: (id) => `В тексте: {{> ${id}}}`,
  howWrapped: (id) => `Вокруг текста: {{#> ${id}}}…{{/${id}}}`,
  publishAbout: 'С ней будут собираться новые тексты. Опубликованное останется как есть.',
  published: (version) => `Опубликована версия ${version}. Шаблоны от этого не изменились.`,
  uses: 'Где используется',
  unused: 'Ни в шаблонах, ни в других частях её нет.',
  publishedWith: (version) => `опубликован с версией ${version}`,
  inDraft: 'в черновике',
  olderVersion: 'старая',
  otherParts: 'В других общих частях',
  renewTitle: 'Опубликовать заново с новой версией',
  renewAbout: (count) =>
    `Со старой версией опубликовано: ${templatesRu(count)}. У каждого появится новая версия, ` +
    'черновики останутся открыты.',
  renewCount: (count) => `Чтобы не ошибиться, введите их число: ${count}`,
  renew: 'Опубликовать заново',
  renewed: (count) => `Опубликовано заново: ${templatesRu(count)}.`,
  notRenewed: (ids) => `Не опубликованы, посмотрите сами: ${ids}.`,
  miscounted: 'Число другое. Ничего не опубликовано.',
  archiveAbout: 'Взять её больше никто не сможет. История сохранится.',
  archiveNot: 'Её упоминают, поэтому она осталась. Сначала уберите её оттуда.',
  archived: 'Часть убрана в архив.',
  gone: 'Такой общей части нет.',
};

export const templatePartWords: Bilingual<TemplatePartWords> = { en: english, ru: russian };
