/**
 * How large the parts of a record may be that go on into a command or a notification. What is
 * larger is refused, with the field and the limit named. Together they keep every record that this
 * system writes below the 1 MiB that brokers take (`message.max.bytes`), whatever the alphabet, and
 * a command that is copied for each users-partition below what a transaction holds with ease.
 * Characters are UTF-16 code units, as JavaScript and Java count them.
 */
export const limits = {
  /** Ids, genres, names of audiences. As a key, one has to fit into an index of PostgreSQL, too. */
  idBytes: 900,
  /** Names of people. */
  nameChars: 1000,
  /** Titles of movies and episodes. */
  titleChars: 1000,
  /** Descriptions of movies, texts of comments. */
  textChars: 10_000,
  /** An e-mail address has 254 at most (RFC 5321), a phone number 16. */
  addressChars: 320,
  /** A subject as it is written down and sent, in code points; a longer one is cut. */
  subjectChars: 250,
  /** Why somebody got nothing, or what became of an attempt. */
  detailChars: 1000,
  /** A vendor's id of a message: Twilio's have 34, a Message-ID of ours up to 292. */
  vendorIdChars: 320,
  /** A vendor's code of a refusal: the longest known have 20. */
  vendorCodeChars: 60,
  /** How long a vendor can ask to wait: a day, in milliseconds. */
  retryAfterMs: 86_400_000,
  /** Movies and genres that a person follows, together: what a row is found by. */
  followed: 50_000,
  /** Genres of a movie: a fan-out merges the followers of each. */
  genres: 100,
  /** People of one request; more of them are an audience. */
  listedPeople: 10_000,
  /** Languages of a template, and names that it may use. */
  templateTexts: 100,
  templateParams: 200,
  templateSubjectChars: 1000,
  /** A language tag; the longest that is likely has 35 (RFC 5646, 4.4.1). */
  localeChars: 35,
  templateBodyChars: 100_000,
  /** Movie, templates and values of a command together: what is copied for each partition. */
  commandBytes: 400_000,
  /** Listed people in one command; a longer list is cut into several. */
  peopleInCommand: 500,
} as const;
