import type { Language } from '../../../runtime/config.ts';
import { readableIn } from '../../../runtime/table.ts';
import type { DecisionReason } from '../../../schemas/generated/records.ts';
import type { Identity } from '../../http/identity.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { sendingSeconds, type VendorPace } from '../../sending/sending-time.ts';
import type { ChannelTally, PartsTally, Tally } from '../../sending/tally.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';
import { hiddenFields, peopleIn, type SendForm } from './form.ts';
import { sampleView } from './sample-view.ts';
import { stepsView } from './steps.ts';
import { titleOf } from './template-options.ts';
import { mayTry, type Tried } from './try-form.ts';

/** The settings that say how fast a vendor is. */
const paceSettings = {
  email: 'EMAIL_PER_SECOND',
  sms: 'SMS_PER_SECOND',
  messenger: 'MESSENGER_PER_SECOND',
} as const;

function againstView(against: ReadonlyMap<DecisionReason, number>, words: Words) {
  return [...against]
    .toSorted(([, one], [, other]) => other - one)
    .map(([reason, count]) => ({
      count: numberIn(words.language, count),
      reason: words.sending.reasons[reason],
    }));
}

const partsText = ({ total, isExact }: PartsTally, { sending }: Words) =>
  isExact ? sending.look.sms.total(total) : sending.look.sms.about(total);

function channelView(
  { channel, written, against, parts, samples }: ChannelTally,
  options: { readonly pace: VendorPace; readonly mayRead: boolean; readonly words: Words },
) {
  const { pace, mayRead, words } = options;
  const { look } = words.sending;
  const messages = parts?.total ?? written;
  const number = (value: number) => numberIn(words.language, value);
  const time = look.duration(sendingSeconds(messages, pace[channel]));
  const assumed = look.assumed(channel, number(pace[channel]), paceSettings[channel]);
  return {
    channel,
    name: words.shell.channels[channel],
    written: number(written),
    noun: look.written(written),
    isNobody: written === 0,
    against: againstView(against, words),
    parts: parts && written > 0 ? partsText(parts, words) : null,
    time: look.takes(time),
    assumed,
    samples: mayRead ? samples.map((sample) => sampleView(channel, sample, words)) : [],
  };
}

function movieTitle(movies: GatewayTables['movies'], id: string, language: Language): string {
  const movie = readableIn(movies.get(id));
  const english = language === 'en' ? movie?.englishTitle : null;
  return english ?? movie?.title ?? id;
}

function whatText(form: SendForm, { channels }: Tally, { sending, language }: Words): string {
  const [first] = channels;
  if (form.kind === 'announcement' || !first) return sending.kinds.announcement;
  return sending.template(form.templateId, titleOf(first.template, language));
}

/** Whom a form names, in words. */
function peopleText(
  form: SendForm,
  { movies }: Pick<GatewayTables, 'movies'>,
  { sending, language }: Words,
): string {
  const named = peopleIn(form);
  const { look } = sending;
  if (named?.kind === 'listed') return look.listed(named.pasted.ids.length);
  switch (form.who) {
    case 'movie':
      return look.followersOfMovie(movieTitle(movies, form.movies.followed.id, language));
    case 'genre':
      return look.followersOfGenre(form.genre);
    case 'listed':
    case 'all':
      return sending.audiences.all;
  }
}

/** An announcement has a form for each channel: which one is tried is to be chosen. */
function tryChannels({ kind, channels }: SendForm, tried: Tried | null, { shell }: Words) {
  if (kind === 'template' || channels.length < 2) return [];
  return channels.map((channel) => ({
    channel,
    name: shell.channels[channel],
    chosen: channel === tried?.channel,
  }));
}

/** How many messages go out; what a person types to send them. */
const messagesIn = ({ channels }: Tally): number =>
  channels.reduce((sum, { written }) => sum + written, 0);

/** What the page of the last step is given. */
export function lookView(
  form: SendForm,
  tally: Tally,
  options: {
    readonly identity: Identity;
    readonly tables: Pick<GatewayTables, 'movies'>;
    readonly pace: VendorPace;
    readonly words: Words;
    /** What is wrong with what was typed; null: nothing was, yet. */
    readonly error: string | null;
    /** What became of a test; null: none was sent just now. */
    readonly tried: Tried | null;
  },
) {
  const { identity, tables, pace, words, error, tried } = options;
  const { sending, language } = words;
  const mayRead = identity.scopes.has('people:read');
  const total = messagesIn(tally);
  return {
    words: sending.look,
    steps: stepsView('look', words),
    fields: hiddenFields(form),
    what: whatText(form, tally, words),
    who: peopleText(form, tables, words),
    people: sending.count.people(tally.people),
    named: numberIn(language, tally.people),
    peopleCount: tally.people,
    counted: total,
    channels: tally.channels.map((each) => channelView(each, { pace, mayRead, words })),
    mayRead,
    isNobody: total === 0,
    total: numberIn(language, total),
    send: sending.look.send(total),
    error,
    mayTry: mayTry(form, identity),
    tried,
    tryAddress: tried?.address ?? '',
    tryChannels: tryChannels(form, tried, words),
  };
}
