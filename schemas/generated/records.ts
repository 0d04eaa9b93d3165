// Derived from schemas/avro by `npm run generate`; do not edit.

/** How the people of a command are found: by a list, by what they follow, or everyone. */
export type AudienceKind =
  | 'listed'
  | 'movieFollowers'
  | 'genreFollowers'
  | 'everyone';

/** Who changed or looked at what. Never changed and never written twice. */
export type AuditEntry = {
  /** Id of the entry; an entry that is there twice is one. */
  readonly entryId: string;
  /** When it was done, milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** key, person or system. */
  readonly actorKind: string;
  /** Id of the API key or of the person; of a key in API_KEYS its name; of system the command. */
  readonly actorId: string;
  /** The actor's name at that time. */
  readonly actorName: string;
  /** What was done, subject and participle: api-key.created, template.published. */
  readonly action: string;
  /** What it was done to: api-key, account, template, user. */
  readonly subjectKind: string;
  /** Its id. */
  readonly subjectId: string;
  /** More, as a JSON object of at most 1000 characters: ids, scopes and counts, never a text, a secret or an address. */
  readonly detail: null | string;
};

/** The ways a notification can reach a person. */
export type Channel =
  | 'email'
  | 'sms'
  | 'messenger';

/** One value that is the same for everyone who gets this command. */
export type CommandParam = {
  /** Name as the template writes it. */
  readonly name: string;
  /** Value, plain text. */
  readonly value: string;
};

/** Someone replied to a comment. Goes to the author of the parent comment, unless they replied to themselves. */
export type CommentReplied = {
  /** Unique id of the event; the same event sent twice has the same id. Unique among the events of its topic, never empty, at most 900 bytes. */
  readonly eventId: string;
  /** The reply, an id of the comments topic. */
  readonly commentId: string;
  /** The comment that was replied to, an id of the comments topic. */
  readonly parentCommentId: string;
  /** Who wrote the reply, an id of the users topic. */
  readonly authorId: string;
  /** The name the reply is signed with. At most 1,000 characters. */
  readonly authorName: string;
  /** Text of the reply. At most 10,000 characters. */
  readonly text: string;
  /** When the reply was written, milliseconds since 1970-01-01 UTC. */
  readonly repliedAt: number;
};

/** A comment on a movie. Table row, keyed by id. */
export type Comment = {
  /** Comment id, the record's key. */
  readonly id: string;
  /** The movie, an id of the movies topic. */
  readonly movieId: string;
  /** Who wrote it, an id of the users topic. */
  readonly authorId: string;
  /** The comment it replies to; null for a first comment. */
  readonly parentCommentId: null | string;
  /** The text. At most 10,000 characters. */
  readonly text: string;
  /** When it was written, milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
};

/** Why someone did not get a notification. */
export type DecisionReason =
  | 'unknownUser'
  | 'unknownTemplate'
  | 'unknownMovie'
  | 'channelNotChosen'
  | 'noAddress'
  | 'optedOutChannel'
  | 'optedOutEvent'
  | 'suppressedAddress'
  | 'noText'
  | 'renderFailed'
  | 'rowUnreadable'
  | 'tooLarge';

/** One line of the attempt journal: what a connector began, or what the vendor answered. */
export type DeliveryEvent = {
  /** The notification, the record's key. */
  readonly notificationId: string;
  /** Who it is for. */
  readonly userId: string;
  /** The channel. */
  readonly channel: Channel;
  /** The administrator's request, or null. */
  readonly requestId: null | string;
  /** What happened. */
  readonly kind: DeliveryKind;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** The vendor's id of the message; null before it is accepted, and where it gave none. At most 320 characters. */
  readonly providerId: null | string;
  /** The vendor's code of a refusal; null where there was none. At most 60 characters. */
  readonly code: null | string;
  /** What became of the attempt, in words of ours and without addresses; null where the kind says it all. At most 1,000 characters. */
  readonly reason: null | string;
  /** How long the vendor asked to wait, milliseconds; null where it did not ask. At most a day; no longer than an hour is waited. */
  readonly retryAfterMs: null | number;
  /** The notification's record. */
  readonly source: Source;
  /** When, milliseconds since 1970-01-01 UTC. */
  readonly happenedAt: number;
  /** The notification was sent by hand to try a text. */
  readonly test: boolean;
};

/** A step of one attempt to deliver: it was begun, the vendor gave this answer, or the connector gave up and set the record aside. */
export type DeliveryKind =
  | 'started'
  | 'accepted'
  | 'rejected'
  | 'throttled'
  | 'unavailable'
  | 'unknown'
  | 'misconfigured'
  | 'deadLettered';

/** A new episode of a series can be watched. Goes to those who follow the movie. */
export type EpisodeReleased = {
  /** Unique id of the event; the same event sent twice has the same id. Unique among the events of its topic, never empty, at most 900 bytes. */
  readonly eventId: string;
  /** The series, an id of the movies topic. */
  readonly movieId: string;
  /** Id of the episode upstream. */
  readonly episodeId: string;
  /** Season number, from 1. */
  readonly season: number;
  /** Episode number in its season, from 1. */
  readonly episode: number;
  /** Title of the episode. At most 1,000 characters. */
  readonly episodeTitle: string;
  /** When it became available, milliseconds since 1970-01-01 UTC. */
  readonly releasedAt: number;
};

/** A person was erased: their texts and addresses are in no history, and come into none. Table row, keyed by userId. */
export type Erasure = {
  /** User id, the record's key. */
  readonly userId: string;
  /** When it was asked for, milliseconds since 1970-01-01 UTC. */
  readonly erasedAt: number;
};

/** What made the service speak: three domain events and an administrator's request. */
export type EventType =
  | 'episodeReleased'
  | 'movieAdded'
  | 'commentReplied'
  | 'notificationRequested';

/** A movie was added to the catalogue. Goes to those who follow one of its genres. */
export type MovieAdded = {
  /** Unique id of the event; the same event sent twice has the same id. Unique among the events of its topic, never empty, at most 900 bytes. */
  readonly eventId: string;
  /** The movie, an id of the movies topic. */
  readonly movieId: string;
  /** When it was added, milliseconds since 1970-01-01 UTC. */
  readonly addedAt: number;
};

/** A movie or a series of the catalogue. Table row, keyed by id. */
export type Movie = {
  /** Movie id, the record's key. */
  readonly id: string;
  /** Title in Russian, as the catalogue shows it. At most 1,000 characters. */
  readonly title: string;
  /** Title for English texts; null where there is none, then title is used. At most 1,000 characters. */
  readonly englishTitle: null | string;
  /** Genres, the words that users follow. At most 100, each of 900 bytes. */
  readonly genres: readonly string[];
  /** Year of release. */
  readonly year: number;
  /** One or two sentences; null where there are none. At most 10,000 characters. */
  readonly description: null | string;
};

/** A notification that was planned and then not written, and why. */
export type NotificationDecision = {
  /** The id the notification would have had. */
  readonly notificationId: string;
  /** Id of the event. */
  readonly eventId: string;
  /** Kind of the event. */
  readonly eventType: EventType;
  /** The administrator's request, or null. */
  readonly requestId: null | string;
  /** Who it would have been for, the record's key. */
  readonly userId: string;
  /** The channel it would have used; null when no channel was reached. */
  readonly channel: null | Channel;
  /** The template it would have used; null when none was reached. */
  readonly templateId: null | string;
  /** Why not. */
  readonly reason: DecisionReason;
  /** More for the reader of the log; null where the reason says it all. At most 1,000 characters. */
  readonly detail: null | string;
  /** The event's record. */
  readonly source: Source;
  /** When the event happened, milliseconds since 1970-01-01 UTC. */
  readonly occurredAt: number;
};

/** An administrator asked for a notification. Goes to the listed users, or to a named audience. */
export type NotificationRequested = {
  /** Id the gateway answered with; it is also the event id. */
  readonly requestId: string;
  /** The channel to use. */
  readonly channel: Channel;
  /** The template to render, an id of the templates topic. At most 900 bytes. */
  readonly templateId: string;
  /** The movie the template speaks of, an id of the movies topic; null where the text needs none. */
  readonly movieId: null | string;
  /** The listed users, ids of the users topic; empty when an audience is named. At most 10,000, each of 900 bytes. */
  readonly userIds: readonly string[];
  /** A named audience: all, movie:<id> (its followers) or genre:<name> (its followers); null when users are listed. At most 900 bytes. */
  readonly audience: null | string;
  /** Name of the API key or the person that asked. */
  readonly requestedBy: string;
  /** When the gateway took the request, milliseconds since 1970-01-01 UTC. */
  readonly requestedAt: number;
  /** The text of an announcement, which has no row in the templates topic: what templateId names; null where it names one that has. */
  readonly template: null | Template;
};

/** A rendered message for one person on one channel. */
export type Notification = {
  /** UUID v5 of event, template, channel and user: the same input has the same id for ever. */
  readonly notificationId: string;
  /** Id of the event that caused it. */
  readonly eventId: string;
  /** Kind of the event. */
  readonly eventType: EventType;
  /** The administrator's request, or null. */
  readonly requestId: null | string;
  /** Who it is for, the record's key. */
  readonly userId: string;
  /** How it is to be delivered. */
  readonly channel: Channel;
  /** E-mail address, phone number or chat id at the time of rendering. */
  readonly address: string;
  /** The person's full name, for the To header. */
  readonly recipientName: string;
  /** Language of the text. */
  readonly locale: string;
  /** Subject line, plain text in one line of at most 250 characters; null where the channel has none. */
  readonly subject: null | string;
  /** The text: HTML for e-mail and messenger, plain for SMS. */
  readonly body: string;
  /** The template used. */
  readonly templateId: string;
  /** Its version. */
  readonly templateVersion: number;
  /** The event's record. */
  readonly source: Source;
  /** Offset of the user's row that was used. */
  readonly userOffset: number;
  /** Offset of the preference row that was used; null where the person has none. */
  readonly preferenceOffset: null | number;
  /** When the event happened, milliseconds since 1970-01-01 UTC. */
  readonly occurredAt: number;
  /** Sent by hand, to an address of the sender's choice, to try a text: it counts in no statistics and has no place in the history. */
  readonly test: boolean;
};

/** Who might get what: everything one users-partition needs to render its share of an event, with no second look-up. */
export type NotifyCommand = {
  /** Id of the event that caused it. */
  readonly eventId: string;
  /** Kind of the event. */
  readonly eventType: EventType;
  /** The event's record. */
  readonly source: Source;
  /** When the event happened, milliseconds since 1970-01-01 UTC. */
  readonly occurredAt: number;
  /** The administrator's request, or null. */
  readonly requestId: null | string;
  /** How the people are found. */
  readonly audienceKind: AudienceKind;
  /** User ids when listed; movie ids or genres when followers; empty for everyone. At most 500. */
  readonly audienceKeys: readonly string[];
  /** Values of the event itself, the same in every language. */
  readonly params: readonly CommandParam[];
  /** The movie the texts speak of, as it was when planned; null where the event has none. */
  readonly movie: null | Movie;
  /** The templates, as they were when planned, at most one for a channel. */
  readonly templates: readonly Template[];
  /** Of all that the event says but its time: tells a repeat from another event with the same id. */
  readonly digest: string;
  /** Which part of the event this is, from 0: a long list of people is cut into several commands for a partition. */
  readonly part: number;
  /** The event was sent again on purpose, so it is worked on though its id was seen. */
  readonly redriven: boolean;
};

/** What is being written of a shared part, and where its history ends. Table row, keyed by partId; it stays when the draft ends, so that a revision never comes twice. */
export type PartDraft = {
  /** The name by which texts mention it, the record's key: small Latin letters, digits, - and _, at most 60. */
  readonly partId: string;
  /** Grows with every change of the draft, from 1; whoever saves says which one they saw. */
  readonly revision: number;
  /** What the row stands for. */
  readonly state: TemplateDraftState;
  /** The channel it is written for; never changed. */
  readonly channel: Channel;
  /** The texts as they are written, right or wrong, without subjects; empty when nothing is being written. At most 100. */
  readonly texts: readonly TemplateText[];
  /** The newest version of the part, which new texts are put together of; null when none was ever published. */
  readonly lastVersion: null | number;
  /** Who saved this revision: key, person or system. */
  readonly authorKind: string;
  /** Their id; of a key in API_KEYS its name. */
  readonly authorId: string;
  /** Their name at that time. */
  readonly authorName: string;
  /** When this revision was saved, milliseconds since 1970-01-01 UTC. */
  readonly savedAt: number;
  /** Id of the change that wrote this row, by which its writer knows it again. */
  readonly changeId: string;
};

/** One step in the history of a shared part: the exact texts, who wrote and who published them. Table row, keyed by versionId; never changed once it is written. */
export type PartVersion = {
  /** <partId>:<version>, the record's key. */
  readonly versionId: string;
  /** The part. */
  readonly partId: string;
  /** Number of the step, from 1, as versions of templates name it. */
  readonly version: number;
  /** The channel it is written for. */
  readonly channel: Channel;
  /** The texts as they were written, with {{> name}} where another part stands. At most 100. */
  readonly texts: readonly TemplateText[];
  /** The other parts that its texts mention, in the versions they were looked at with. */
  readonly parts: readonly UsedPart[];
  /** What changed, in the words of whoever published. At most 1,000 characters. */
  readonly note: string;
  /** Who saved the texts last: key, person or system. */
  readonly authorKind: string;
  /** Their id. */
  readonly authorId: string;
  /** Their name at that time. */
  readonly authorName: string;
  /** Who published, and so approved it: key, person or system. */
  readonly publisherKind: string;
  /** Their id. */
  readonly publisherId: string;
  /** Their name at that time. */
  readonly publisherName: string;
  /** When it was published, milliseconds since 1970-01-01 UTC. */
  readonly publishedAt: number;
  /** Id of the change that wrote this row; also of its audit entry. */
  readonly changeId: string;
};

/** What a person does not want to get. Table row, keyed by userId, co-partitioned with users. */
export type Preference = {
  /** User id, the record's key. */
  readonly userId: string;
  /** Channels switched off for everything. A channel that this release does not know could be any, so the person gets nothing at all. */
  readonly optedOutChannels: readonly UpstreamChannel[];
  /** Kinds of event switched off on every channel. A kind that this release does not know could be any, so the person gets nothing at all. */
  readonly optedOutEvents: readonly UpstreamEventType[];
  /** When the person last changed it, milliseconds since 1970-01-01 UTC. */
  readonly updatedAt: number;
};

/** A dead letter that was sent back to its topic; written in the transaction of the record itself. */
export type Redrive = {
  /** Where the record lay that became the letter. */
  readonly original: Source;
  /** Timestamp of that record, milliseconds since 1970-01-01 UTC as its writer had it: with the place it names the record, also when a topic was made anew. */
  readonly originalAt: number;
  /** Where the letter lies. */
  readonly letter: Source;
  /** The letter's code. */
  readonly code: string;
  /** The partition of its topic that the record was put into. */
  readonly partition: number;
  /** When that was, milliseconds since 1970-01-01 UTC. */
  readonly redrivenAt: number;
};

/** An event that a partition has begun to work on. Whatever comes later with the same id is a repeat of it, or another event that must not have this id. */
export type SeenEvent = {
  /** Kind and id of the event, and which part of it where a long list was cut; the record's key. */
  readonly id: string;
  /** Of all that the event says but its time: equal for a repeat. */
  readonly digest: string;
  /** The event's record. */
  readonly source: Source;
  /** The command's record, which the work began with. */
  readonly input: Source;
  /** When the command was written, milliseconds since 1970-01-01 UTC, by the clock of this system: those of upstream may be days behind. */
  readonly seenAt: number;
};

/** Where a record came from, so that the log can answer why it exists. */
export type Source = {
  /** Topic of the record that caused this one. */
  readonly topic: string;
  /** Partition of that record. */
  readonly partition: number;
  /** Offset of that record. */
  readonly offset: number;
};

/** One address that must not be used again. */
export type SuppressedAddress = {
  /** The channel of the address. One that this release does not know could be any, so the address is used on none. */
  readonly channel: UpstreamChannel;
  /** The address exactly as it was used; a new address is not affected. */
  readonly address: string;
  /** What happened: hard bounce, complaint, stopped by the person. */
  readonly reason: string;
  /** Since when, milliseconds since 1970-01-01 UTC. */
  readonly since: number;
};

/** Addresses of one person that bounced, complained or stopped us. Table row, keyed by userId, co-partitioned with users. */
export type Suppression = {
  /** User id, the record's key. */
  readonly userId: string;
  /** The addresses that must not be used. */
  readonly addresses: readonly SuppressedAddress[];
};

/** What a row of template-drafts stands for: a draft that is being written, one that ended, or a template that was archived. */
export type TemplateDraftState =
  | 'open'
  | 'ended'
  | 'archived';

/** What is being written of a template, and where its history ends. Table row, keyed by templateId; it stays when the draft ends, so that a revision never comes twice. */
export type TemplateDraft = {
  /** Template id, the record's key. At most 900 bytes. */
  readonly templateId: string;
  /** Grows with every change of the draft, from 1; whoever saves says which one they saw. */
  readonly revision: number;
  /** What the row stands for. */
  readonly state: TemplateDraftState;
  /** The kind of event it is for; never changed. */
  readonly eventType: EventType;
  /** The channel it is written for; never changed. */
  readonly channel: Channel;
  /** The default language, used for people whose language has no text. */
  readonly locale: string;
  /** The texts as they are written, right or wrong; empty when nothing is being written. At most 100. */
  readonly texts: readonly TemplateText[];
  /** The newest version of the template; null when none was ever published. */
  readonly lastVersion: null | number;
  /** Who saved this revision: key, person or system. */
  readonly authorKind: string;
  /** Their id; of a key in API_KEYS its name. */
  readonly authorId: string;
  /** Their name at that time. */
  readonly authorName: string;
  /** When this revision was saved, milliseconds since 1970-01-01 UTC. */
  readonly savedAt: number;
  /** Id of the change that wrote this row, by which its writer knows it again. */
  readonly changeId: string;
};

/** A template's text in one language, in the Handlebars language. */
export type TemplateText = {
  /** BCP 47 language tag, ru or en. */
  readonly locale: string;
  /** Subject line of an e-mail; null for channels that have none. At most 1,000 characters. */
  readonly subject: null | string;
  /** The text: HTML for e-mail and messenger (values are escaped), plain for SMS. At most 100,000 characters. */
  readonly body: string;
};

/** How a version came to be: taken over as another service had published it, published, published again by rolling back, archived, or restored. */
export type TemplateVersionKind =
  | 'adopted'
  | 'published'
  | 'rolledBack'
  | 'archived'
  | 'restored';

/** One step in the history of a template: the exact texts, who wrote and who published them. Table row, keyed by versionId; never changed once it is written. */
export type TemplateVersion = {
  /** <templateId>:<version>, the record's key. At most 900 bytes. */
  readonly versionId: string;
  /** The template. */
  readonly templateId: string;
  /** Number of the step, as the templates topic and notifications name it. */
  readonly version: number;
  /** The step before; null at the beginning. */
  readonly previousVersion: null | number;
  /** How it came to be. */
  readonly kind: TemplateVersionKind;
  /** The version whose texts these are, of one that was rolled back to, archived or restored; else null. */
  readonly sourceVersion: null | number;
  /** The kind of event it is for. */
  readonly eventType: EventType;
  /** The channel it is written for. */
  readonly channel: Channel;
  /** The default language. */
  readonly locale: string;
  /** The texts as they were published, shared parts in their places. At most 100. */
  readonly texts: readonly TemplateText[];
  /** The texts as their author wrote them, with {{> name}} where a shared part stands; empty when no part is used. At most 100. */
  readonly sources: readonly TemplateText[];
  /** The versions of shared parts that the texts were put together of. */
  readonly parts: readonly UsedPart[];
  /** The names that the texts mention. At most 200. */
  readonly params: readonly string[];
  /** What changed, in the words of whoever published. At most 1,000 characters. */
  readonly note: string;
  /** Who saved the texts last: key, person or system. */
  readonly authorKind: string;
  /** Their id; upstream for texts that came from another service. */
  readonly authorId: string;
  /** Their name at that time. */
  readonly authorName: string;
  /** Who published, and so approved it: key, person or system. */
  readonly publisherKind: string;
  /** Their id. */
  readonly publisherId: string;
  /** Their name at that time. */
  readonly publisherName: string;
  /** When it was published, milliseconds since 1970-01-01 UTC. */
  readonly publishedAt: number;
  /** Id of the change that wrote this row; also of its audit entry. */
  readonly changeId: string;
};

/** What to say, on one channel, for one kind of event, in every language it is written in. Table row, keyed by id. */
export type Template = {
  /** Template id, the record's key. */
  readonly id: string;
  /** Grows with every edit, from 1. */
  readonly version: number;
  /** The kind of event it is for. A template for a kind that this release does not know is used for nothing. */
  readonly eventType: UpstreamEventType;
  /** The channel it is written for. A template for a channel that this release does not know is used for nothing. */
  readonly channel: UpstreamChannel;
  /** The default language, used for people whose language has no text. */
  readonly locale: string;
  /** The text in each language. At most 100; they and all else of a command together at most 400,000 bytes. */
  readonly texts: readonly TemplateText[];
  /** Names the texts may use, as user_full_name, movie_title; a name outside the list is refused. At most 200, each of 900 bytes. */
  readonly params: readonly string[];
};

/** A channel as an upstream system names it. Whoever writes may add symbols: this release reads those that it does not know as unknown. */
export type UpstreamChannel =
  | 'email'
  | 'sms'
  | 'messenger'
  | 'unknown';

/** A kind of event as an upstream system names it. Whoever writes may add symbols: this release reads those that it does not know as unknown. */
export type UpstreamEventType =
  | 'episodeReleased'
  | 'movieAdded'
  | 'commentReplied'
  | 'notificationRequested'
  | 'unknown';

/** A version of a shared part that a text was put together of. */
export type UsedPart = {
  /** The part. */
  readonly partId: string;
  /** Its version. */
  readonly version: number;
};

/** A person who can be notified. Table row, keyed by id, partitioned by murmur2 of the key. */
export type User = {
  /** User id, the record's key. */
  readonly id: string;
  /** The name to address the person by. At most 1,000 characters. */
  readonly fullName: string;
  /** E-mail address, one mailbox; null where there is none. At most 320 characters. */
  readonly email: null | string;
  /** Phone number in E.164 form, +79161234567; null where there is none. At most 320 characters. */
  readonly phone: null | string;
  /** Telegram chat with the bot; null where there is none. At most 320 characters. */
  readonly telegramChatId: null | string;
  /** BCP 47 language tag, ru or en-GB; null where the person never chose. */
  readonly locale: null | string;
  /** IANA time zone, Europe/Moscow; null where unknown. */
  readonly timeZone: null | string;
  /** The channels the person chose to be reached by. A channel that this release does not know counts as not chosen. */
  readonly channels: readonly UpstreamChannel[];
  /** Movies and series the person follows, ids of the movies topic. At most 50,000 together with the genres. */
  readonly followedMovieIds: readonly string[];
  /** Genres the person follows, as the movies topic spells them; compared in Unicode NFC. */
  readonly followedGenres: readonly string[];
};

/** The record types by name, so that a topic can say which one it carries. */
export type Records = {
  readonly AuditEntry: AuditEntry;
  readonly CommandParam: CommandParam;
  readonly CommentReplied: CommentReplied;
  readonly Comment: Comment;
  readonly DeliveryEvent: DeliveryEvent;
  readonly EpisodeReleased: EpisodeReleased;
  readonly Erasure: Erasure;
  readonly MovieAdded: MovieAdded;
  readonly Movie: Movie;
  readonly NotificationDecision: NotificationDecision;
  readonly NotificationRequested: NotificationRequested;
  readonly Notification: Notification;
  readonly NotifyCommand: NotifyCommand;
  readonly PartDraft: PartDraft;
  readonly PartVersion: PartVersion;
  readonly Preference: Preference;
  readonly Redrive: Redrive;
  readonly SeenEvent: SeenEvent;
  readonly Source: Source;
  readonly SuppressedAddress: SuppressedAddress;
  readonly Suppression: Suppression;
  readonly TemplateDraft: TemplateDraft;
  readonly TemplateText: TemplateText;
  readonly TemplateVersion: TemplateVersion;
  readonly Template: Template;
  readonly UsedPart: UsedPart;
  readonly User: User;
};
