//! Every bound of the program, each with the sentence that says what happens there.
//!
//! Never a treaty's number: those are regime data. A bound that is not named here does not exist.

// ---- domain ------------------------------------------------------------------------------------

/// A shorter Party code is refused.
pub const PARTY_CODE_CHARS_MIN: usize = 2;
/// A longer Party code is refused.
pub const PARTY_CODE_CHARS_MAX: usize = 12;
/// Drafts open at once. One more is refused until one is released or withdrawn.
pub const DRAFTS_OPEN_MAX: usize = 1_000;
/// Open drafts per officer, by who wrote the newest version, so that one officer can't use up everybody's room. One
/// more is refused until one of these is released or withdrawn.
pub const DRAFTS_OPEN_PER_OFFICER_MAX: usize = DRAFTS_OPEN_MAX / 4;
/// Proposals of custodians open at once. One more is refused.
pub const PROPOSALS_OPEN_MAX: usize = 100;
/// Terms of functions on record, including corrected ones. One more is refused.
pub const FUNCTION_TERMS_MAX: usize = 4096;
/// Offices that a Party lists of its own. One more is refused.
pub const OFFICES_MAX: usize = 64;
/// A command whose caller's time is older is refused: its id may have been forgotten (7 days).
pub const COMMAND_AGE_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// How long command ids are kept, so that the same id gives the same answer (8 days): longer than
/// `COMMAND_AGE_MS_MAX` by more than two clocks may differ. If a clock that ran ahead caused some to be forgotten
/// earlier, commands as old as these are refused.
pub const COMMAND_IDS_KEPT_MS: i64 = 8 * 24 * 3_600_000;
/// A command from further in the future is refused (10 minutes).
pub const CLOCKS_MAY_DIFFER_MS: i64 = 10 * 60_000;
/// After this long (1 hour) it is put on record, once, that what a message refers to has not come.
pub const REFERENCE_PATIENCE_MS: i64 = 3_600_000;
/// A thread of at most this many messages is kept as a plain list, which each batch that touches it copies; a longer
/// one as a tree, of which a batch copies a path.
pub const THREAD_LISTED_MAX: usize = 32;
/// Receipts per lane that can be given again: as many as can be under way on a lane. A lawful sender asks for no
/// older one.
pub const RECEIPTS_KEPT_PER_LANE: usize = DELIVERIES_PER_CALL_MAX * DELIVERY_CALLS_PER_LANE_MAX;
/// Records that one link may bring in an hour below FLASH; anything beyond is answered "not now".
pub const LINK_RECORDS_PER_HOUR_MAX: u64 = 360_000;
/// FLASH records that one link may bring in an hour; anything beyond is answered "not now".
pub const LINK_FLASH_RECORDS_PER_HOUR_MAX: u64 = 3_600;
/// Bytes of FLASH that one link may bring in an hour; anything beyond is answered "not now". This leaves 18 KiB for
/// each FLASH of a full hour, twice a hotline text. No custodian can leave a link less FLASH, and what is on record
/// stays.
pub const LINK_FLASH_BYTES_PER_HOUR_MAX: u64 = 64 * 1024 * 1024;
/// FLASH drafts per officer of this Party that may be released in an hour, unless two custodians set another number.
/// The release of one more is refused, naming the number, and so is another such draft of that officer. Ten a minute
/// is more than anybody writes, and five who reach it leave the sixth room within `LINK_FLASH_RECORDS_PER_HOUR_MAX`.
pub const FLASH_DRAFTS_PER_HOUR: u64 = 600;
/// A lower setting is refused: at one a minute, the first hour of an emergency never reaches it.
pub const FLASH_DRAFTS_PER_HOUR_MIN: u64 = 60;
/// Bytes that one link may bring in an hour below FLASH; anything beyond is answered "not now". Heads of ledgers are
/// followed up to this, and up to `LINK_RECORDS_PER_HOUR_MAX`, even where two custodians leave a link less.
pub const LINK_BYTES_PER_HOUR_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// What one link may put on record in an hour without anything being taken: contradictions, disputed receipts, heads
/// that do not add up, new lists. Anything beyond is answered, and not put on record.
pub const LINK_ODDITIES_PER_HOUR_MAX: u64 = 32;
/// Leaves of a peer's ledger that are kept although no followed head covers them, or their dispatch has not come.
/// What would bring more below FLASH is answered "not now" until heads and dispatches have met.
pub const LEAVES_APART_MAX: usize = 1 << 18;
/// The same for FLASH, which lower traffic does not hold up.
pub const LEAVES_APART_WITH_FLASH_MAX: usize = 1 << 19;
/// How far beyond the head followed before a peer's head may be; one further on is "not now" until those between,
/// which come with the leaves, are followed: adding up so many leaves holds up others for milliseconds. Once the
/// oddities of the hour are spent, the limit is `LEAVES_PER_CALL_MAX`.
pub const LEAVES_FOLLOWED_AT_ONCE_MAX: u64 = 1 << 14;
/// Contradictions of a peer that are remembered, the newest, so that none of them is put on record twice.
pub const CONTRADICTIONS_KEPT_PER_LINK: usize = 64;
/// References per author that are watched for a message that is not here yet. A further one is on record like any
/// other, but nobody is alarmed if what it refers to does not come.
pub const REFERENCES_WAITING_PER_PARTY_MAX: usize = 4_096;
/// Messages per author that are watched because nobody has acknowledged them, FLASH separately and drills
/// separately. A further one is on record and can be acknowledged, but nobody is alerted of it: it is only counted.
pub const WATCHED_PER_PARTY_MAX: usize = 1_000;
/// Rules of a watch plan: one for each precedence of each office, and of no office. One more is refused.
pub const WATCH_RULES_MAX: usize = 4 * (OFFICES_MAX + 1);
/// Steps of one rule of a watch plan. One more is refused.
pub const WATCH_STEPS_MAX: usize = 16;
/// Names in one step of a watch plan. One more is refused.
pub const WATCH_STEP_NAMES_MAX: usize = 32;
/// A step of a watch plan that allows more minutes is refused (one week).
pub const WATCH_STEP_MINUTES_MAX: u32 = 7 * 24 * 60;
/// A larger watch plan is refused unread (bytes).
pub const WATCH_PLAN_BYTES_MAX: usize = 256 * 1024;
/// Instruction cards of a Party. One more is refused.
pub const WATCH_CARDS_MAX: usize = 64;
/// Instruction cards that are larger, all of them together, are refused unread (bytes).
pub const WATCH_CARDS_BYTES_MAX: usize = 256 * 1024;
/// Steps, telephones and languages of one card, a line each: with the item above and the keys below they fill a page
/// of `TERMINAL_LINES`. One more is refused.
pub const WATCH_CARD_LINES_MAX: usize = 18;
/// A wider line of a card is refused, so that none is cut where it is shown (columns).
pub const WATCH_CARD_COLUMNS_MAX: usize = 63;
/// Lines of a holding reply. One more is refused.
pub const HOLDING_REPLY_LINES_MAX: usize = 10;
/// Persons named in one alert on record. Whoever comes after them is not alerted by name.
pub const ALERTED_PERSONS_MAX: usize = 256;
/// Steps of the watch plan put on record in one go: FLASH first, and then those that have been due longest.
pub const ALERTS_AT_ONCE_MAX: usize = 64;
/// References that did not come, put on record in one go; the rest follows at once.
pub const REFERENCES_NOTED_AT_ONCE_MAX: usize = 64;
/// Open messages that a hand-over of the watch names. More are only counted; its digest covers all.
pub const HAND_OVER_ITEMS_MAX: usize = 1_000;
/// Duties that a hand-over of the watch names. More are only counted; its digest covers all.
pub const HAND_OVER_DUTIES_MAX: usize = 1_000;
/// Columns of an official form. What does not fit goes on in the next line.
pub const OFFICIAL_FORM_COLUMNS: usize = 80;
/// Lines per page of an official form, head and foot included. What does not fit goes on on the next page.
pub const OFFICIAL_FORM_PAGE_LINES: usize = 60;
/// The fewest lines between head and foot: where a marking of many lines would leave fewer, the page is longer.
pub const OFFICIAL_FORM_BODY_LINES_MIN: usize = 40;

/// Parties without a node that may be known. One more is refused.
pub const PARTIES_WITHOUT_NODE_MAX: usize = 1_000;
/// Accounts of one message delivered by hand to one addressee, corrections included. One more is refused.
pub const BY_HAND_ACCOUNTS_MAX: usize = 100;

/// Texts of regimes that a journal may hold. One more is refused.
pub const REGIMES_HELD_MAX: usize = 1024;

/// Words on regimes per Party on record: adoptions, suspensions, resumptions, withdrawals. One more is a message
/// like any other, and has no effect.
pub const REGIME_WORDS_PER_PARTY_MAX: usize = 4096;
/// Another Party's adoptions of one regime in force that are read for their addressees, the oldest of an edition
/// first, and words that suspend them. Whom a later one names is not known to whoever asks who is bound to whom.
pub const ADOPTIONS_READ_PER_PARTY_MAX: usize = 16;
/// Adoptions of a regime per Party that are listed in one answer; and as many words that are announced, and as many
/// that were replaced. The rest is counted, so that one Party's words hide none of another's.
pub const REGIME_WORDS_LISTED_PER_PARTY_MAX: usize = 200;
/// Bytes per Party of each of these lists; what does not fit is counted.
pub const REGIME_WORDS_LISTED_PER_PARTY_BYTES: usize = 64 * 1024;
/// Names of regimes told to whoever asks for an unknown one, beginning with those that start most like it.
pub const REGIME_NAMES_TOLD_MAX: usize = 8;

/// Messages between us and one Party that are kept in case the two come to be bound. One more opens no duty later
/// on, which stands with it and below the list of duties.
pub const DUTY_MESSAGES_UNBOUND_PER_PARTY_MAX: usize = 10_000;
/// Messages per author that are considered once more because one message brought a duty about, met one or freed one,
/// beside those that wait already: the oldest, so that nobody who says much hides another's answer. Further ones do
/// nothing to it; their number stands with that message and below the list of duties.
pub const DUTY_MESSAGES_AGAIN_MAX: usize = 1_000;
/// Withdrawals of one message by a Party that are read for when they were given, where that counts: the first on
/// record. How many more there are stands with that message and below the list of duties.
pub const DUTY_WITHDRAWALS_READ_MAX: usize = 64;
/// Duties open per Party, real ones and drills each for themselves. A message beyond opens none: it stands like any
/// other, with a mark, also on record, that says how many were not opened.
pub const DUTIES_OPEN_PER_PARTY_MAX: u64 = 250_000;
/// Duties, and steps, per record. What more a message brings about stands in the next records.
pub const DUTIES_PER_RECORD_MAX: usize = 1_000;
/// Bytes per record that duties may take, so that heading and signature find room beside them. What goes beyond
/// stands in the next records. One duty takes a few KiB, since the names in a regime are bounded.
pub const DUTIES_PER_RECORD_BYTES_MAX: usize = RECORD_BYTES_MAX - 64 * 1024;
/// Messages remembered because their duties were left out, or because they can't be read here. Of more, only the
/// number is kept; each stands on record.
pub const DUTIES_LEFT_OUT_KEPT: usize = 10_000;
/// How long after a duty is past due the other end is waited for before it is said that nobody knows: a heartbeat
/// and its answer take less (1 minute).
pub const DUTY_HEARING_MS: i64 = 60_000;
/// Messages considered for duties from one head; the others follow with the next.
pub const DUTY_MESSAGES_AT_ONCE: usize = 64;
/// How often a duty that waits for the other end to be heard is looked at again (ms): within this time it is
/// settled, once the link is back and all that was on the way has come.
pub const DUTY_LOOK_AGAIN_MS: u64 = 500;
/// How long the other end's word that more is under way to us keeps what it owes from being called lapsed (ms): a
/// day in which it was heard, far beyond what a heavy message or a long queue takes. What it goes on sending
/// meanwhile delays this by at most one more day.
pub const UNDER_WAY_MS_MAX: i64 = 86_400_000;
/// A longer text in a hotline session is refused to a writer here, and is marked where it comes from another Party
/// (bytes).
pub const HOTLINE_TEXT_BYTES_MAX: usize = 8 * 1024;
/// A text with more words in a hotline session is refused to a writer here, and is marked where it comes from
/// another Party: a text is read out, translated and answered as one.
pub const HOTLINE_TEXT_WORDS_MAX: usize = 500;
/// Messages that a message of a session names as last seen. Where more were written without sight of each other, the
/// highest are named, and the rest in the next message. Of a message that names more, the first are read.
pub const HOTLINE_SEEN_MAX: usize = 32;
/// A session with more messages takes no more from this Party once it has said its share of them: it opens another
/// one. What others say in it is still taken.
pub const HOTLINE_MESSAGES_MAX: usize = 2_000;
/// Messages per other Party in a thread that are read and stand in the order of its session or close it: room for
/// all that a full session holds. How many more there are is told, and what the others say is read as before.
pub const HOTLINE_AUTHOR_MESSAGES_MAX: usize = 3 * HOTLINE_MESSAGES_MAX;
/// Memory per Party that those messages may take; as much again for each other Party present, for what that one
/// names as seen (bytes).
pub const HOTLINE_AUTHOR_BYTES_MAX: usize = HOTLINE_KEPT_BYTES / 16;
/// Other messages per Party in the thread that are read: what four officers acknowledge and show of a full session,
/// and translations.
pub const HOTLINE_AUTHOR_REST_MESSAGES_MAX: usize = 12 * HOTLINE_MESSAGES_MAX;
/// Memory per Party that those may take (bytes).
pub const HOTLINE_AUTHOR_REST_BYTES_MAX: usize = HOTLINE_KEPT_BYTES / 8;
/// Messages read per author who is not in the session as it stands here: enough for one who is on the way in, or
/// whom others hold to be in it.
pub const HOTLINE_OUTSIDER_MESSAGES_MAX: usize = 64;
/// Memory per such author that those may take (bytes).
pub const HOTLINE_OUTSIDER_BYTES_MAX: usize = 1024 * 1024;
/// Translations told per text; of more, only how many.
pub const HOTLINE_TRANSLATIONS_TOLD: usize = 8;
/// Messages told at once that concern a session but are no line of it, and that nobody here has acknowledged.
pub const HOTLINE_BESIDE_TOLD: usize = 8;
/// Messages that the author of a text had not seen which are told by their digests, the first ones; of more, only
/// how many.
pub const HOTLINE_UNSEEN_TOLD: usize = 8;
/// Messages of a session, the first in its order, that are compared with those before them for which of these their
/// authors had not seen. Of the others it is told that they are not compared. At 64 messages a word, this takes 4.5
/// MB.
pub const HOTLINE_COMPARED_MAX: usize = HOTLINE_AUTHOR_MESSAGES_MAX;
/// Bytes of the translations told per text.
pub const HOTLINE_TRANSLATIONS_BYTES: usize = 64 * 1024;
/// Texts written down as heard that are told beside one text, and without an original; of more, only how many. No
/// more are compared with the original, word by word.
pub const HOTLINE_HEARD_TOLD: usize = 8;
/// A text with more words and marks of figures is not compared with what was heard: that takes room by the square.
pub const HOTLINE_HEARD_PARTS_MAX: usize = 1_000;
/// Bytes of what is told of those.
pub const HOTLINE_HEARD_BYTES: usize = 64 * 1024;
/// Messages of a session, forwarded in it, that are told; of more, only how many.
pub const HOTLINE_HANDED_ON_TOLD: usize = 64;
/// Bytes of what is told of those.
pub const HOTLINE_HANDED_ON_BYTES: usize = 256 * 1024;
/// Differences of two transcripts that are told; of more, only how many, but not for what is not here yet.
pub const HOTLINE_DIFFERENCES_TOLD: usize = 32;
/// Unreleased drafts told per session; of more, only how many.
pub const HOTLINE_DRAFTS_TOLD: usize = 8;
/// How often a session is read again for one printing while something is said in it between any two calls.
pub const HOTLINE_READINGS_MAX: usize = 8;
/// A longer name of an officer stands only in the message, and is not told beside the texts (bytes).
pub const HOTLINE_NAME_BYTES_TOLD: usize = 512;
/// Memory for sessions that were read for consoles (bytes). Those of the Party whose sessions take most make room
/// first, and among these those not looked at for longest; they are read again.
pub const HOTLINE_KEPT_BYTES: usize = 64 * 1024 * 1024;
/// A session with more messages in its thread is folded and looked at apart from the threads that carry what comes
/// over the links, since that takes long; a shorter one in passing.
pub const HOTLINE_IN_PASSING_MAX: usize = 1_000;
/// A console that takes nothing of what it is told for this long is dropped, and begins again after the last
/// position that it saw (ms).
pub const CONSOLE_TAKES_MS_MAX: u64 = 60_000;
/// Pages of sessions, the newest, that are looked through for an officer who hands over or takes over the watch.
pub const SESSION_PAGES_AT_TAKE_OVER_MAX: usize = 8;
/// Threads looked at for one page of sessions; the next page goes on after them.
pub const HOTLINE_THREADS_PER_PAGE: usize = 100;
/// Phrases agreed per link. A longer list is refused.
pub const LINK_PHRASES_MAX: usize = 1_000;
/// An agreed phrase in more languages is refused, since all of them are told with each text that is said by its
/// number.
pub const PHRASE_LANGUAGES_MAX: usize = 4;
/// A larger list of agreed phrases is refused unread (bytes).
pub const LINK_PHRASES_BYTES_MAX: usize = 256 * 1024;
/// A message whose date-time group lies further back than this when it comes is marked, with both times: the
/// link was down, or a clock is wrong (1 day).
pub const DATE_TIME_GROUP_OLD_MS: i64 = 24 * 3_600_000;

/// Webhooks of a Party. One more is refused.
pub const WEBHOOKS_MAX: usize = 16;
/// A longer name of a webhook is refused (bytes).
pub const WEBHOOK_NAME_BYTES_MAX: usize = 64;
/// A longer PEM of the authorities of a webhook is refused (bytes).
pub const WEBHOOK_AUTHORITY_BYTES_MAX: usize = 32 * 1024;
/// A webhook with a larger budget of calls an hour is refused.
pub const WEBHOOK_CALLS_PER_HOUR_MAX: u32 = 3_600;
/// Calls of a webhook in an hour for FLASH, besides its budget; what goes beyond waits for the next hour.
pub const WEBHOOK_FLASH_CALLS_PER_HOUR_MAX: u64 = 600;
/// FLASH alerts that wait per webhook, and as many of all lower precedences together. It is not told of a further
/// one, which is counted.
pub const WEBHOOK_ALERTS_WAITING_MAX: usize = 1_000;
/// How many of these may be about one author's messages, or this Party itself, so that none keeps out another's.
pub const WEBHOOK_ALERTS_WAITING_OF_ONE_MAX: usize = 250;
/// An alert of which a webhook could not be told for longer than this is given up, on record (1 day).
pub const WEBHOOK_PATIENCE_MS: i64 = 24 * 3_600_000;

/// How long before its end a certificate or revocation list raises an alarm, once each time, and once more at its
/// end: three weeks, a week, a day (milliseconds).
pub const EXPIRY_ALARMS_MS: [i64; 4] = [EXPIRY_WARNING_MS, 7 * 24 * 3_600_000, 24 * 3_600_000, 0];
/// Alarms that a Party sets for itself. One more is refused.
pub const OWN_ALARMS_MAX: usize = 64;
/// A longer name of such an alarm is refused (bytes).
pub const OWN_ALARM_NAME_BYTES_MAX: usize = 64;
/// Such an alarm with more hours is refused (one year).
pub const OWN_ALARM_HOURS_MAX: u32 = 366 * 24;
/// Such alarms running at once for one author's messages, drills separately. A further message starts none, and that
/// is counted.
pub const OWN_ALARMS_RUNNING_OF_ONE_MAX: u64 = 1_000;
/// Such alarms put on record as past due in one go, or listed in one answer: the next to fall due first.
pub const OWN_ALARMS_AT_ONCE_MAX: usize = 50;

// ---- clock -------------------------------------------------------------------------------------

/// Whoever waits on the system clock looks at it again at least this often, so that a clock set
/// forward or back is noticed (milliseconds).
pub const CLOCK_RECHECK_MS: u64 = 1_000;

// ---- forms: what a person may write in a form --------------------------------------------------

/// Signed content larger than this is refused, at the sender and at the receiver (bytes).
pub const CONTENT_BYTES_MAX: usize = 256 * 1024;
/// A longer signed message can't be forwarded, and a forwarding of one is refused as over a limit (bytes): the
/// remarks must have room beside it within `CONTENT_BYTES_MAX`.
pub const FORWARDED_BYTES_MAX: usize = CONTENT_BYTES_MAX - FORM_TEXT_BYTES_MAX - 4 * 1024;
/// Content with more fields at its top level is refused before it is taken apart, so that a small
/// message can't unfold into much memory.
pub const CONTENT_FIELDS_MAX: usize = 4096;
/// A text larger than this is refused (bytes).
pub const FORM_TEXT_BYTES_MAX: usize = 16 * 1024;
/// A list with more entries is refused.
pub const FORM_LIST_ENTRIES_MAX: usize = 500;
/// A document with more entries in all its lists together is refused.
pub const FORM_ENTRIES_MAX: usize = 5000;
/// Other threads read beside one that is shown, out of those of which it says whether they are the same activity.
pub const THREADS_BESIDE_MAX: usize = 16;
/// Earlier messages of its author, the newest first, that an amendment is compared with. In a thread with more in
/// between, it is not marked that its notice was cancelled.
pub const AMENDMENT_LOOKS_BACK_MAX: usize = 256;
/// Messages read for what became of one: of its author's later ones in the thread, the newest, with the words that
/// take one of them back; of the thread, the newest, for translations; and those last put on record, for a
/// withdrawal that was forwarded beside a copy. How many were not looked at is marked.
pub const LATER_WORDS_READ_MAX: usize = 64;
/// Threads, the newest first, and messages of each, that are searched for a calendar which a reference names by its
/// year alone.
pub const CALENDAR_THREADS_MAX: usize = 256;
/// Messages of a thread, the first on record, that are searched for the one with which its session begins. A draft
/// is not compared with a session that begins later.
pub const SESSION_BEGINS_WITHIN_MAX: usize = 16;
/// Messages looked for out of those that a document names; the rest is not marked as not held.
pub const NAMED_LOOKED_FOR_MAX: usize = 256;
/// Faults listed per document. If there are more, the last one says so.
pub const FAULTS_MAX: usize = 500;
/// A greater number is refused, so that sums stay far from the edge and every format can hold it.
pub const FORM_NUMBER_MAX: u64 = 999_999_999_999;
/// A name or other short text with more characters is marked as a fault.
pub const FORM_NAME_CHARS: usize = 300;
/// A long text with more characters is marked as a fault.
pub const FORM_PROSE_CHARS: usize = 4000;
/// Characters of a name, given as the origin of what is transcribed, that stand in front of the mark that says so;
/// all of it stands in the content.
pub const ORIGIN_SHOWN_CHARS: usize = 80;
/// A polygon with fewer corners is marked as a fault.
pub const POLYGON_CORNERS_MIN: usize = 3;
/// A circle with a greater radius is marked as a fault: no two points lie further apart than half the Earth's
/// circumference, at its widest (metres; WGS 84).
pub const RADIUS_METRES_MAX: u64 = 20_037_508;
/// A calendar for a year outside these is marked as a fault.
pub const CALENDAR_YEARS: std::ops::RangeInclusive<u64> = 1900..=9999;
/// A longer text is not taken for the name of a zone, and is marked as a fault (bytes).
pub const ZONE_NAME_BYTES: usize = 64;
/// A form file larger than this is not read (bytes).
pub const FORM_FILE_BYTES_MAX: usize = 1024 * 1024;

// ---- regimes: rules between States as data -----------------------------------------------------

/// A larger regime file is refused before it is read (bytes).
pub const REGIME_FILE_BYTES_MAX: usize = 1024 * 1024;
/// A regime with more rules of all kinds together, its own and inherited, is refused.
pub const REGIME_RULES_MAX: usize = 500;
/// A list in a regime with more entries is refused.
pub const REGIME_LIST_ENTRIES_MAX: usize = 500;
/// A longer name in a regime is refused (bytes).
pub const REGIME_NAME_BYTES_MAX: usize = 64;
/// A longer text in a regime is refused (bytes).
pub const REGIME_TEXT_BYTES_MAX: usize = 4 * 1024;
/// A condition that is nested deeper is refused.
pub const CONDITION_DEPTH_MAX: usize = 8;
/// A condition with more parts, at all depths together, is refused.
pub const CONDITION_PARTS_MAX: usize = 64;
/// A longer chain of classes and thresholds that rest on each other is refused.
pub const RULE_CHAIN_MAX: usize = 16;
/// A longer pattern of official numbers is refused (bytes). With all its places filled, a number stays well within
/// `LINE_BYTES_MAX`.
pub const NUMBER_PATTERN_BYTES_MAX: usize = 96;
/// A longer word of a document within an official number is refused in a regime; a format whose code is
/// longer and that has no such word is numbered by the built-in form (bytes).
pub const NUMBER_WORD_BYTES_MAX: usize = 24;
/// Files beside a regime file that are searched for what it inherits from; further ones are not looked into.
pub const REGIME_FILES_BESIDE_MAX: usize = 200;
/// A regime that inherits over more generations is refused.
pub const REGIME_GENERATIONS_MAX: usize = 8;
/// Things lacking for one figure that a check names, the first ones; more do not change the answer.
pub const LACKS_PER_FIGURE_MAX: usize = 16;
/// Things lacking for one rule that a check names; more do not change the answer.
pub const LACKS_PER_RULE_MAX: usize = 64;
/// Fields of one rule, owed and not given, that a check names; the rest is counted.
pub const OPEN_FIELDS_MAX: usize = 200;
/// A format whose fields are nested deeper is refused.
pub const FORMAT_DEPTH_MAX: usize = 4;
/// Messages looked up out of those to which a formatted one refers; any further one counts as not here.
pub const FORMAT_REFERENCES_MAX: usize = 32;
/// Messages citing the regime that a check reads to count towards a quota. Of more it says that there are at least
/// as many as it found.
pub const TALLY_MESSAGES_MAX: usize = 500;
/// Things counting towards a quota that a check names; the rest is counted.
pub const TALLY_NAMED_MAX: usize = 10;
/// Messages about whether two threads are one activity that a check reads; later ones are not looked at.
pub const SAME_ACTIVITY_MESSAGES_MAX: usize = 500;
/// Threads taken together as one activity; further ones are left out.
pub const GROUP_THREADS_MAX: usize = 32;
/// Pairs of threads named for one activity.
pub const GROUP_PAIRS_MAX: usize = 64;
/// Messages of the threads of one activity that a check reads; further ones are not looked at.
pub const GROUP_MESSAGES_MAX: usize = 500;
/// Territories of one activity that a check names.
pub const GROUP_TERRITORIES_MAX: usize = 64;
/// Restraints named after a line of a check, by which its paragraph is not applied; the rest is counted.
pub const RESTRAINTS_PER_LINE_MAX: usize = 8;
/// Provisions that one of two Parties does not apply, named beside a check and for each two Parties; the rest is
/// counted.
pub const RESTRAINTS_NAMED_MAX: usize = 200;
/// A greater lead time, reply time or period is refused, so that no sum of days leaves the calendar.
pub const REGIME_TIME_MAX: u64 = 100_000;

// ---- evidence ----------------------------------------------------------------------------------

/// A wrapping with more signatures is refused.
pub const SIGNATURES_MAX: usize = 8;
/// A longer signature value is refused (bytes). Ed25519 needs 64, ML-DSA-87 needs 4,627.
pub const SIGNATURE_BYTES_MAX: usize = 5 * 1024;
/// A larger signed payload is refused (bytes): it could not stand in one record.
pub const SIGNED_PAYLOAD_BYTES_MAX: usize = RECORD_BYTES_MAX;
/// A larger wrapping, payload and signatures together, is refused before it is read (bytes).
pub const SIGNED_BYTES_MAX: usize = SIGNED_PAYLOAD_BYTES_MAX + SIGNATURES_MAX * (SIGNATURE_BYTES_MAX + 128);
/// A checkpoint of a larger tree is refused (leaves). Verifiers in other languages count in signed
/// 64-bit numbers.
pub const TREE_LEAVES_MAX: u64 = i64::MAX as u64;
/// A longer inclusion path is refused before any of it is hashed. No tree within `TREE_LEAVES_MAX` leaves
/// needs more.
pub const PROOF_HASHES_MAX: usize = 63;
/// A larger note is refused before it is read (bytes). Sixteen post-quantum signatures fit.
pub const NOTE_BYTES_MAX: usize = 128 * 1024;
/// A note with more signature lines is refused. C2SP signed-note asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 32;
/// A note key with a longer name is refused (bytes).
pub const NOTE_NAME_BYTES_MAX: usize = 255;
/// A checkpoint with more extension lines is refused. We write none.
pub const CHECKPOINT_EXTENSIONS_MAX: usize = 16;
/// A tlog-proof whose extra data is longer is refused (bytes). We write none.
pub const PROOF_EXTRA_BYTES_MAX: usize = 64 * 1024;
/// A larger tlog-proof is refused before it is read (bytes).
pub const PROOF_FILE_BYTES_MAX: usize = 256 * 1024;
/// A larger key list is refused (bytes).
pub const KEY_LIST_BYTES_MAX: usize = 64 * 1024;
/// A key list in a larger wrapping is refused (bytes): its signatures fit, and padding does not.
pub const KEY_LIST_SIGNED_BYTES_MAX: usize = KEY_LIST_BYTES_MAX + 8 * 1024;
/// A key list with more TLS keys is refused.
pub const KEY_LIST_TLS_KEYS_MAX: usize = 8;
/// A key list with more keys is refused, all purposes together, known to this program or not.
pub const KEY_LIST_KEYS_MAX: usize = 32;
/// A key list with more certificates of its authority is refused.
pub const KEY_LIST_CA_CERTIFICATES_MAX: usize = 4;
/// A key list with a longer certificate is refused (bytes).
pub const CA_CERTIFICATE_BYTES_MAX: usize = 8 * 1024;
/// A key list with more addresses is refused.
pub const KEY_LIST_ADDRESSES_MAX: usize = 8;
/// A key list with more contacts is refused.
pub const KEY_LIST_CONTACTS_MAX: usize = 16;
/// A key list with a longer name, address or contact is refused (bytes).
pub const KEY_LIST_LINE_BYTES_MAX: usize = 256;
/// A party file with more key lists is refused. A Party that changes keys each month reaches this in twenty years,
/// and then starts anew with a file compared by hand.
pub const PARTY_FILE_KEY_LISTS_MAX: usize = 256;
/// A party file with a longer revocation list is refused; a Party that would be judged by a longer one counts as
/// having none (bytes).
pub const REVOCATION_LIST_BYTES_MAX: usize = 256 * 1024;
/// A larger party file is refused before it is read (bytes, as text or not).
pub const PARTY_FILE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A larger message payload is refused for good (bytes). A record holds it with its dispatches.
pub const MESSAGE_BYTES_MAX: usize = 512 * 1024;
/// A larger draft is refused (bytes): number, releaser and date-time group are added at its release,
/// and the message must still be within `MESSAGE_BYTES_MAX`.
pub const DRAFT_BYTES_MAX: usize = MESSAGE_BYTES_MAX - 4 * 1024;
/// A longer kind is refused (bytes).
pub const KIND_BYTES_MAX: usize = 64;
/// A longer tag for a reader's language, or for that of a label in a regime, is refused (bytes): RFC 5646, 4.4.1.
pub const LANGUAGE_TAG_BYTES_MAX: usize = 35;
/// A longer one-line text in a message's heading is refused (bytes). A message that only tells what became of
/// another waits for no officer: its author's only own words are its number, that of the other, and the names and
/// offices of drafter and releaser. `LINK_RECORDS_PER_HOUR_MAX` bounds how many come.
pub const LINE_BYTES_MAX: usize = 512;
/// Longer remarks are refused (bytes).
pub const REMARKS_BYTES_MAX: usize = 16 * 1024;
/// A message to more action or more information addressees is refused.
pub const ADDRESSEES_MAX: usize = 256;
/// A message that names more Parties as the only ones to which it may be given is refused.
pub const RELEASABLE_TO_MAX: usize = 256;
/// A message with more references is refused.
pub const REFERENCES_MAX: usize = 32;
/// Messages that one form names by digest and that are found from there: the first ones. One named beyond them is
/// found only if it stands in the same thread or among the envelope's references.
pub const NAMED_IN_FORM_MAX: usize = 256;
/// A message with more parts is refused.
pub const PARTS_MAX: usize = 64;
/// A larger part is refused before it is kept, and is not fetched from a peer (bytes, without the salt).
pub const PART_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Parts of one peer's messages awaited at once; further ones are not fetched.
pub const PARTS_WANTED_PER_LINK_MAX: usize = 1_024;
/// All parts of one peer together; what would go beyond is not fetched until some have been erased (bytes).
pub const PARTS_BYTES_PER_LINK_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// A larger proven receipt is disputed without being read (bytes).
pub const PROVEN_RECEIPT_BYTES_MAX: usize = 16 * 1024;
/// A head in a larger note is not followed (bytes).
pub const HEAD_NOTE_BYTES_MAX: usize = 4 * 1024;

/// The largest entry of an exported journal: more than any medium gives (bytes).
pub const EXPORT_ENTRY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Positions in a row that are tried one by one where a medium gives an error instead of entries. What lies behind
/// them is then given up, and the export says so.
pub const EXPORT_UNREADABLE_MAX: u64 = 10_000;
/// A larger bundle of one thread is not made, and is refused before it is read (bytes).
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A bundle with more Parties is refused.
pub const BUNDLE_PARTIES_MAX: usize = 256;
/// A bundle with more messages, or more dispatches, is refused.
pub const BUNDLE_ITEMS_MAX: usize = 65_536;
/// Disputed receipts, and contradictions, per dispatch in a bundle; more are left out when it is made, and refused
/// when it is read.
pub const BUNDLE_ODDITIES_MAX: usize = 64;
/// A larger carry file is refused before it is read; when one is made, what would go beyond stays owed, and that is
/// told (bytes).
pub const CARRY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes that dispatches and parts together may take in a carry file that is made; the rest is for what stands
/// beside them. The largest part fits.
pub const CARRY_DISPATCHES_BYTES_MAX: usize = CARRY_BYTES_MAX - 8 * 1024 * 1024;
/// A carry file is read up to this many entries: lists, dispatches, receipts, parts and the like.
pub const CARRY_ENTRIES_MAX: usize = 16_384;
/// Dispatches in a carry file that is made; the rest stays owed, and that is told. Their receipts fit into one file
/// for the way back.
pub const CARRY_DISPATCHES_MAX: usize = CARRY_ENTRIES_MAX / 2;
/// Parts in a carry file that is made, as far as its dispatches leave room within `CARRY_DISPATCHES_BYTES_MAX`;
/// which are left out is told.
pub const CARRY_PARTS_MAX: usize = 1_024;
/// Carry files on their way to officers at once; one more is answered "not now". One that is not read to its end
/// within `CALL_MS_MAX` is given up.
pub const CARRIES_GIVEN_AT_ONCE_MAX: usize = 4;
/// Parts left out of a carry file that are named; of more, only how many.
pub const CARRY_PARTS_LEFT_TOLD: usize = 64;
/// Things wrong with a carry file that are told; of more, only how many.
pub const CARRY_STOPPED_TOLD: usize = 64;
/// Longer words on the way by which a carry file goes or came are refused (bytes).
pub const CARRY_WAY_BYTES_MAX: usize = 512;
/// Carry files made or taken that are listed, the newest; the journal keeps all.
pub const CARRIED_KEPT_MAX: usize = 100;

// ---- journal -----------------------------------------------------------------------------------

/// A record larger than this is refused before it is appended (bytes).
pub const RECORD_BYTES_MAX: usize = 900 * 1024;
/// Records in one batch given to the journal; the rest waits for the next one.
pub const BATCH_RECORDS_MAX: usize = 512;
/// A larger batch is refused before it is appended (bytes); two records of any size fit. The registrar leaves what
/// would go beyond to its next batch.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Appends that wait for the writing thread; the next caller waits for room, within its own time.
pub const APPENDS_WAITING_MAX: usize = 64;
/// An append that is not confirmed by then is answered "not known" (ms).
pub const JOURNAL_APPEND_MS_MAX: u64 = 10_000;
/// A single read or a short range that is not answered by then is given up; it may be asked again (ms).
pub const JOURNAL_READ_MS_MAX: u64 = 5_000;
/// Single reads that wait for their thread; the next caller waits for room, within its own time.
pub const READS_WAITING_MAX: usize = 64;
/// A batch read from the journal is handed over once it holds this many bytes; one more record may follow.
pub const READ_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Entries in a batch read from the journal; the rest comes with the next one.
pub const READ_ENTRIES_MAX: usize = 1_024;
/// Batches that a reading thread runs ahead of its reader; then it waits.
pub const READ_BATCHES_AHEAD_MAX: usize = 2;
/// How long another process that holds the embedded journal's write lock is waited for (ms).
pub const EMBEDDED_LOCK_MS_MAX: u64 = 3_000;
/// How often another process's entries are looked for at the end of an embedded journal (ms).
pub const EMBEDDED_LOOK_MS: u64 = 20;
/// After this many bytes written ahead, the embedded journal moves them into its main file.
pub const EMBEDDED_AHEAD_BYTES: u64 = 4 * 1024 * 1024;
/// A record that the brokers have not acknowledged by then is given up by the producer (ms); less than
/// `JOURNAL_APPEND_MS_MAX`, so that it does not land after the caller has its answer if that can be helped.
pub const KAFKA_DELIVERY_MS_MAX: u64 = 8_000;
/// A broker that does not answer a question by then is taken to be away, and is dialled anew (ms).
pub const KAFKA_SOCKET_MS_MAX: u64 = 1_500;
/// Opening, making or checking a topic is given up by then (ms).
pub const KAFKA_OPEN_MS_MAX: u64 = 10_000;
/// How long a fetch is parked at the broker when there is nothing new; other questions wait behind it (ms).
pub const KAFKA_PARKED_MS_MAX: u64 = 100;
/// How often a Kafka reading thread looks whether anybody still listens or asks (ms).
pub const KAFKA_POLL_MS: u64 = 50;
/// A reader that has waited this long at the end asks the broker whether there really is nothing more (ms).
pub const KAFKA_QUIET_MS_MAX: u64 = 5_000;
/// A topic that brokers have not known for this long is gone; for less, it may be a broker that is just starting
/// (ms).
pub const KAFKA_GONE_MS: u64 = 3_000;
/// A broker that has answered no question for this long is called silent (ms); for less, it may be a change of
/// leader.
pub const KAFKA_SILENT_MS: u64 = 3_000;
/// By this time a broker that went away is called silent even if nothing is appended (ms): quiet, one question
/// without an answer, and silent, each as long as it may last.
pub const KAFKA_SILENT_TOLD_MS: u64 = KAFKA_QUIET_MS_MAX + 3 * KAFKA_SOCKET_MS_MAX + KAFKA_SILENT_MS;
/// The largest Kafka message the topic must take: a record with its key and headers (bytes).
pub const KAFKA_MESSAGE_BYTES_MAX: usize = 1_048_588;
/// The producer's queue; an append beyond it is answered "not known" (KiB).
pub const KAFKA_QUEUE_KIB_MAX: usize = 64 * 1024;
/// How far ahead a Kafka reader fetches (KiB).
pub const KAFKA_AHEAD_KIB_MAX: usize = 8 * 1024;

/// All parts together; one that would go beyond is answered "not now" (bytes).
pub const PARTS_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
/// What is left of that to our own officers: peers' parts do not take it (bytes).
pub const PARTS_BYTES_RESERVE: u64 = 8 * 1024 * 1024 * 1024;
/// A part that would leave fewer bytes free where parts lie is answered "not now", and what came of it is removed:
/// if the journal lies on the same disk, texts go on. At 2 KiB each, with its receipt, this is room for a quarter of
/// a million of them (bytes).
pub const PARTS_LEAVE_FREE_BYTES: u64 = 512 * 1024 * 1024;
/// Parts being read or taken from officers at once; one more is answered "not now".
pub const PARTS_AT_ONCE_MAX: usize = 16;
/// A part is read and handed on in pieces of this size (bytes).
pub const PART_CHUNK_BYTES: usize = 64 * 1024;
/// How much of a part that is coming in may wait to be written to the disk (bytes): what is put on record meanwhile
/// waits for the disk no longer than that takes.
pub const PART_UNSYNCED_BYTES_MAX: u64 = 1024 * 1024;
/// Pieces of a part that are read ahead of whoever takes them.
pub const PART_CHUNKS_AHEAD_MAX: usize = 2;
/// A part whose next piece does not come, or is not taken, by then is given up (ms).
pub const PART_CHUNK_MS_MAX: u64 = 20_000;

// ---- replay ------------------------------------------------------------------------------------

/// The newest records kept in memory, so that links need not read them again; older ones are read.
pub const NEWEST_RECORDS_KEPT: usize = 512;
/// What the newest records kept in memory may take together (bytes).
pub const NEWEST_BYTES_KEPT: usize = 4 * 1024 * 1024;
/// Threads that an audit uses at once; further cores would wait for the one that folds.
pub const AUDIT_THREADS_MAX: usize = 32;
/// Faults that an audit names, the first ones; the rest is counted.
pub const AUDIT_FAULTS_SHOWN_MAX: usize = 100;
/// Hand-overs of the watch that an audit tells of, the newest.
pub const AUDIT_HAND_OVERS_SHOWN_MAX: usize = 10;
/// Void entries that an audit names, the newest; the rest is counted.
pub const AUDIT_VOIDS_SHOWN_MAX: usize = 100;

// ---- registrar ---------------------------------------------------------------------------------

/// Commands of this Party's own persons below FLASH that wait for the registrar or are under way; one more is
/// answered "not now". They are taken after FLASH and before all else.
pub const INBOX_PERSONS_MAX: usize = 1_024;
/// The same for what persons draft, release or acknowledge as FLASH.
pub const INBOX_PERSONS_FLASH_MAX: usize = 128;
/// Commands brought by one link below FLASH that wait or are under way; one more is answered "not now", whatever the
/// other links do. Three lanes of deliveries, of receipts and of disputes fit.
pub const INBOX_PER_LINK_MAX: usize = 9 * DELIVERIES_PER_CALL_MAX;
/// The same for what one link brings as FLASH.
pub const INBOX_PER_LINK_FLASH_MAX: usize = 3 * DELIVERIES_PER_CALL_MAX;
/// Commands of the node itself, for no link in particular, that wait; one more is tried again later.
pub const INBOX_NODE_MAX: usize = 256;
/// Commands decided in one batch, FLASH first. More wait for the next.
pub const BATCH_COMMANDS_MAX: usize = 256;
/// A command that has no answer by then is answered "not on record, or not yet" (ms).
pub const COMMAND_MS_MAX: u64 = 15_000;
/// A batch that was not read back by then makes the registrar open a new epoch (ms).
pub const READ_BACK_MS_MAX: u64 = 12_000;
/// How often the newest record is looked for, `REOPEN_REST_MS` apart, before it counts as missing.
pub const HEAD_LOOKS: u32 = 6;
/// How long the next attempt waits after an epoch that could not be opened (ms).
pub const REOPEN_REST_MS: u64 = 500;
/// How far the checkpoint beside the journal may be behind (ms).
pub const CHECKPOINT_BEHIND_MS: u64 = 1_000;

/// How long the next attempt waits after steps of the watch plan that could not be put on record (ms).
pub const ALERT_REST_MS: u64 = 500;

// ---- peers -------------------------------------------------------------------------------------

/// A larger certificate is refused before it is parsed (bytes).
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// Certification authorities per Party; further ones are passed over. One in force, one coming, and as many again.
pub const AUTHORITIES_PER_PARTY_MAX: usize = 4;
/// Revocation lists per Party; further ones are passed over.
pub const REVOCATION_LISTS_PER_PARTY_MAX: usize = 4;
/// A live connection's certificate is judged again at least this often, besides at every change of trust; a
/// connection whose certificate no longer stands is cut (milliseconds).
pub const STANDING_RECHECK_MS: u64 = 1_000;
/// A dialled connection that has not finished TCP and TLS by then is given up (milliseconds).
pub const DIAL_MS_MAX: u64 = 10_000;
/// A connection on which nothing was heard for this long is pinged, also when idle (milliseconds).
pub const KEEPALIVE_INTERVAL_MS: u64 = 10_000;
/// A ping unanswered for this long ends the connection (milliseconds).
pub const KEEPALIVE_TIMEOUT_MS: u64 = 5_000;

/// A larger signed message is refused for good, and not kept (bytes).
pub const MESSAGE_SIGNED_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 64 * 1024;
/// Deliveries in one call; the rest comes with the next.
pub const DELIVERIES_PER_CALL_MAX: usize = 64;
/// Calls of deliveries under way at once on one lane, at the sender and at the receiver; a further one waits.
/// The second is verified and under way while the first is put on record.
pub const DELIVERY_CALLS_PER_LANE_MAX: usize = 2;
/// A call of deliveries that overtook the one before it is held until that one has been taken, or for this long;
/// then it is told which serial comes next (ms).
pub const DELIVERY_AHEAD_MS_MAX: u64 = 1_000;
/// Deliveries or receipts per piece in which the signatures of a call are verified, each piece on one core.
pub const SPREAD_PIECE: usize = 4;
/// A call of deliveries ends once it holds this many bytes; one more delivery may follow.
pub const DELIVERIES_BYTES_PER_CALL: usize = 1024 * 1024;
/// A Party that can't be dialled is answered after this long even if nothing is owed to it, or no part of its
/// messages is wanted (ms).
pub const COLLECT_WAIT_MS: u64 = 20_000;
/// Calls between nodes larger than this are refused (bytes).
pub const EXCHANGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A call or answer of key lists ends once it holds this many bytes; one more may follow.
pub const KEY_LISTS_BYTES_PER_CALL: usize = 512 * 1024;
/// Leaves in one answer; the rest is asked for with the next call.
pub const LEAVES_PER_CALL_MAX: usize = 1_024;
/// A head that covers a larger leaf is not followed (bytes): dispatches and receipts are a few hundred. So what a
/// peer announces and never sends takes at most `LEAVES_APART_MAX` times this, once.
pub const LEAF_BYTES_MAX: usize = 4 * 1024;
/// An answer of leaves ends once it holds this many bytes.
pub const LEAVES_BYTES_PER_CALL_MAX: usize = 512 * 1024;
/// Calls for leaves in a row for one head; then the next heartbeat goes on.
pub const LEAVES_CALLS_PER_BEAT_MAX: usize = 64;
/// A call to a peer that is not answered by then is given up (ms).
pub const PEER_CALL_MS_MAX: u64 = 20_000;
/// The first wait after a failed call (ms); it doubles up to `BACK_OFF_MS_MAX`, and half of it is random.
pub const BACK_OFF_MS_MIN: u64 = 100;
/// The longest wait after failed calls (ms). It ends at once when the peer is heard.
pub const BACK_OFF_MS_MAX: u64 = 30_000;
/// Calls at once in which a Party that can't be dialled asks for what is owed to it, and as many in which it asks
/// which part is wanted; one more is refused.
pub const COLLECTS_PER_LINK_MAX: usize = 4;
/// A receipt that does not verify is put on record once this many rounds in a row brought one: before that, it may
/// have been signed with a key whose list is still under way.
pub const DOUBTS_BEFORE_DISPUTE: u32 = 3;
/// A heartbeat is sent at least this often by the node's clock (ms).
pub const HEARTBEAT_MS: i64 = 10_000;
/// After our ledger grew, a heartbeat is sent once the ledger has been still for this long (ms).
pub const HEARTBEAT_SETTLE_MS: u64 = 50;
/// Heartbeats that news brings about on a link begin at least this far apart (ms): a ledger that grows all the time
/// is cosigned a few times a second, and not for each message.
pub const HEARTBEAT_APART_MS: u64 = 250;

/// The longest wait between two tries for one part (ms); the first is `BACK_OFF_MS_MIN`, and it doubles.
pub const PART_RETRY_MS_MAX: u64 = 60 * 60 * 1_000;

// ---- alerts ------------------------------------------------------------------------------------

/// A webhook that has not taken an alert by then, its connection and TLS included, is tried again later (ms).
pub const WEBHOOK_CALL_MS_MAX: u64 = 10_000;
/// A webhook whose answer has a longer head has not taken the alert (bytes). Its body is not read.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The longest wait after failed calls of a webhook (ms); the first is `BACK_OFF_MS_MIN`, it doubles, and half of it
/// is random. An alert that is newer than the last attempt ends it once.
pub const WEBHOOK_BACK_OFF_MS_MAX: u64 = 60_000;
/// Characters of a message's number that a webhook is told.
pub const WEBHOOK_NUMBER_CHARS_MAX: usize = 80;

// ---- rpc and TLS -------------------------------------------------------------------------------

/// A caller that has not finished the TLS handshake by then is dropped (milliseconds).
pub const HANDSHAKE_MS_MAX: u64 = 5_000;
/// When this many handshakes are under way, the oldest is dropped for each new one: a good one is done in
/// milliseconds, and only silent ones grow old.
pub const HANDSHAKES_MAX: usize = 256;
/// Connections held open in all. A further caller is dropped after its handshake.
pub const CONNECTIONS_MAX: usize = 2_048;
/// Connections held open by this Party's own persons. One more is dropped.
pub const CONNECTIONS_OWN_MAX: usize = 512;
/// Connections held open by one peer: even if more than 57 Parties reach this, there is room for our own.
pub const CONNECTIONS_PER_PEER_MAX: usize = 16;
/// Connections of one Party, besides those, with keys that are in no key list held here: one for each task of a
/// link, and one that hands in lists. One more is dropped. With these too, 57 Parties leave room.
pub const CONNECTIONS_WITH_UNLISTED_KEY_MAX: usize = 10;
/// Such a connection is cut at this age, whatever it does (milliseconds).
pub const UNLISTED_KEY_CONNECTION_MS_MAX: u64 = 30_000;
/// How long an auditor's call, given again under its id, is the same reading (milliseconds); after that it is
/// refused, and a fresh id is a new reading, on record as such.
pub const AUDIT_AGAIN_MS_MAX: i64 = 3_600_000;
/// Accepted connections that wait to be served; the next handshake waits with its own limit running.
pub const ACCEPTED_WAITING_MAX: usize = 64;
/// After a failed accept (no descriptors left) the acceptor rests this long (milliseconds).
pub const ACCEPT_REST_MS: u64 = 50;
/// A connection this old is asked to finish what it does and come again (milliseconds).
pub const CONNECTION_AGE_MS_MAX: u64 = 60 * 60 * 1_000;
/// A connection that was asked and is still there after this long is cut (milliseconds).
pub const CONNECTION_GRACE_MS: u64 = 60 * 1_000;
/// Calls of one peer under way at once, over all its connections, until their answers were read; one more is
/// answered "not now" before its body is read. Two calls on each of four lanes, heartbeats, leaves, parts and
/// what waits for something to come up need two thirds of it.
pub const CALLS_PER_PEER_MAX: usize = 32;
/// Calls of one of this Party's own persons under way at once, over all their connections, streams included; one
/// more is answered "not now" before its body is read. So no person fills everybody's places at the registrar.
pub const CALLS_PER_PERSON_MAX: usize = 32;
/// Calls under way at once of one Party's callers with keys in no key list held here, besides those of its node.
pub const CALLS_WITH_UNLISTED_KEY_MAX: usize = 2;
/// A call whose answer has not begun by then is ended, even while its body is still trickling in (milliseconds):
/// longer than a Party that can't be dialled waits for what is owed to it. Answers that are streams go on for as
/// long as they are read.
pub const CALL_MS_MAX: u64 = COLLECT_WAIT_MS + 2 * PEER_CALL_MS_MAX;
/// Calls under way at once on one connection; further ones wait at the caller.
pub const CALLS_PER_CONNECTION_MAX: u32 = 128;
/// A call with longer headers is refused by HTTP/2 (bytes).
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// An answer with longer headers and trailers fails at the caller (bytes). A refusal names all faults of a form at
/// once, in the trailers.
pub const ANSWER_HEADER_BYTES_MAX: u32 = 256 * 1024;
/// A larger call is refused before it is decoded (bytes).
pub const CALL_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A larger answer is not given: the call fails (bytes).
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Silence on the TCP connection before the kernel probes it (milliseconds).
pub const TCP_KEEPALIVE_MS: u64 = 15_000;

/// Faults beyond this are counted and not listed in the status of a refusal, which must stay within
/// `ANSWER_HEADER_BYTES_MAX` when it is written as text (bytes).
pub const FAULTS_IN_STATUS_BYTES_MAX: usize = 96 * 1024;
/// A longer reason for returning a draft is refused (bytes).
pub const REASON_BYTES_MAX: usize = 1024;
/// Fewer digits are not taken for the beginning of a message's digest.
pub const DIGEST_DIGITS_MIN: usize = 8;
/// Regimes of which what was read is kept, the size of a file each. The one that was asked for longest ago makes
/// room, and is read again when it is cited.
pub const REGIMES_READ_KEPT_MAX: usize = 16;
/// Threads per page; the rest comes with the next one.
pub const THREADS_PER_PAGE: usize = 200;
/// Open deliveries by hand per page; the rest comes with the next one.
pub const BY_HAND_PER_PAGE: usize = 200;
/// Duties per page; the rest comes with the next one.
pub const DUTIES_PER_PAGE: usize = 50;
/// Steps of a duty's story that are listed, the newest; the rest is counted. A peer makes a story as long as it
/// likes, and the list has to come nevertheless.
pub const DUTY_STEPS_LISTED_MAX: usize = 64;
/// Messages per page of one thread; the rest comes with the next page.
pub const THREAD_PAGE_MESSAGES: usize = 100;
/// A page of one thread is ended by the message that takes it to this size (bytes).
pub const THREAD_PAGE_BYTES: usize = 2 * 1024 * 1024;
/// About this many bytes are in one piece of an exported journal or bundle; one more entry may follow.
pub const EXPORT_PIECE_BYTES: usize = 1024 * 1024;
/// Pieces that an auditor who does not read is given ahead; then the export waits, and nothing else.
pub const EXPORT_PIECES_AHEAD_MAX: usize = 2;
/// Notices that a watch that does not read is given ahead; then its own stream waits, and nothing else.
pub const NOTICES_AHEAD_MAX: usize = 16;
/// Open items listed in one answer, those that must be done first; the rest is counted.
pub const NOW_ITEMS_MAX: usize = 50;
/// Later messages read for one answer, shared among all its items: each has its share, and what it leaves goes to
/// those after it. How many were not looked at is marked with each.
pub const NOW_LATER_WORDS_READ_MAX: usize = 800;
/// Open messages per answer for which it is read whether their authors took them back, those of the highest
/// precedence first. A further one is listed as one that stands.
pub const NOW_TAKEN_BACK_READ_MAX: usize = 800;
/// Messages of this Party in a message's thread, the first that came after it, that are searched for a holding reply
/// to it. A later one is not found, and a further one is drafted without asking.
pub const HOLDING_REPLY_LOOKED_MAX: usize = 200;
/// Records looked through at once for a watch that catches up.
pub const NOTICE_RECORDS_MAX: usize = 256;

// ---- cli ---------------------------------------------------------------------------------------

/// Lines of the terminal into which a page for one look must fit, the prompt below it included. What does not fit is
/// counted on its last line.
pub const TERMINAL_LINES: usize = 24;
/// A step of the demonstration that has not come about by then fails it (ms).
pub const DEMO_STEP_MS_MAX: u64 = 60_000;

/// A longer name, office or Party name is not put into a certificate (RFC 5280, ub-common-name).
pub const CERTIFICATE_NAME_CHARS_MAX: usize = 64;
/// A certification authority made here is valid for ten years (milliseconds).
pub const AUTHORITY_LIFE_MS: i64 = 3_652 * 24 * 60 * 60 * 1_000;
/// A key, certificate or register file larger than this is refused unread (bytes).
pub const KEY_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A certificate made here is valid for two years; only `init` can be asked for another life of those that it makes
/// (milliseconds).
pub const CERTIFICATE_LIFE_MS: i64 = 730 * 24 * 3_600_000;
/// A revocation list made here is valid for five weeks unless another life is asked for: whoever forgets to publish
/// the next one in time stops all calls that rely on it (milliseconds).
pub const REVOCATION_LIST_LIFE_MS: i64 = 35 * 24 * 3_600_000;
/// `doctor` warns of a certificate or revocation list that ends within three weeks (milliseconds).
pub const EXPIRY_WARNING_MS: i64 = 21 * 24 * 3_600_000;
/// A node that was asked to stop and has not by then is left to end with its process (milliseconds).
pub const SHUTDOWN_MS_MAX: u64 = 5_000;
/// A larger font file is cut at this size, and then is no font (bytes).
pub const FONT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A call of an officer's command that has no answer by then is given up; it is safe to give the command
/// again with the same id (milliseconds).
pub const DESK_CALL_MS_MAX: u64 = 30_000;
/// Threads opened by a copy of some message, the newest first, that are searched for translations of a message. In
/// further ones they are not found from the original.
pub const THREADS_OF_COPIES_READ_MAX: usize = 100;
/// Sessions that a console keeps. Of the Party that began most of them some are left out, first those in which
/// nothing waits for an officer and nothing was said for longest, and the console says so.
pub const CONSOLE_SESSIONS_MAX: usize = 500;
/// Texts that a console keeps, all together (bytes). Of the Party whose texts take most the first are left out,
/// those that wait for an officer last, and the console says so. A session as long as one may be has room.
pub const CONSOLE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What is typed at a console is on disk after this time at the latest, and before it is given to the node; and the
/// console rings its bell at most once in this time (milliseconds).
pub const CONSOLE_KEEP_MS: u64 = 500;
/// The longest wait of a console between two tries to reach its node (milliseconds); the first is `BACK_OFF_MS_MIN`,
/// it doubles, and half of it is random.
pub const CONSOLE_BACK_OFF_MS_MAX: u64 = 5_000;
/// How long a refusal stands on a console at least, whatever is typed meanwhile (milliseconds).
pub const CONSOLE_REFUSED_MS: i64 = 4_000;
/// A key that puts something on record, or leaves, is not taken by a console this soon after the same key
/// (milliseconds): no officer presses a key twice so fast, and a key that is held down comes again faster.
pub const CONSOLE_HELD_MS: i64 = 150;
/// Nor is it taken this soon after it was taken (milliseconds): what it showed, asked or did is looked at meanwhile, and
/// before a key that is held down comes again for the first time, half a second passes or a little more.
pub const CONSOLE_LOOKED_MS: i64 = 750;
/// After this long a console gives again a text that the node could not take yet (milliseconds).
pub const CONSOLE_AGAIN_MS: i64 = 2_000;
/// How often a console asks its node which other nodes that one does not hear (milliseconds).
pub const CONSOLE_LINKS_MS: u64 = 3_000;

// ---- checks of links ---------------------------------------------------------------------------

/// A longer check schedule is refused unread (bytes).
pub const CHECK_SCHEDULE_BYTES_MAX: usize = 256 * 1024;
/// A check schedule with more links is refused: every Party in the OSCE area, and as many again.
pub const CHECK_LINKS_MAX: usize = 128;
/// Checks on one link; more are refused.
pub const CHECKS_PER_LINK_MAX: usize = 16;
/// Times of the day for one check, every half hour; more are refused.
pub const CHECK_TIMES_MAX: usize = 48;
/// Agreed check texts for one link; more are refused.
pub const CHECK_TEXTS_MAX: usize = 32;
/// Checks that follow each other faster are refused (minutes): what is faster is a heartbeat.
pub const CHECK_INTERVAL_MINUTES_MIN: u32 = 5;
/// Checks that follow each other more slowly are refused (minutes): a week is the slowest that is practised.
pub const CHECK_INTERVAL_MINUTES_MAX: u32 = 7 * 24 * 60;
/// The longest time within which an answer may be in time (minutes).
pub const CHECK_WITHIN_MINUTES_MAX: u32 = 24 * 60;
/// How long, after the time in which an answer counts, what is on its way is waited for before a check is put on
/// record as missed (ms). Longer only while the link's heartbeats can't tell yet whether it was up then.
pub const CHECK_GRACE_MS: i64 = 30_000;
/// Checks within a day on one link; a schedule with more is refused, since what is remembered of them lasts for two.
pub const CHECKS_A_DAY_MAX: usize = 512;
/// Checks and answers of each end of a link that are remembered; the oldest make room.
pub const CHECK_MESSAGES_KEPT_MAX: usize = 2 * CHECKS_A_DAY_MAX;
/// Checks of a link that are remembered with what came of them; the oldest make room. The journal keeps all.
pub const CHECK_STATES_KEPT_MAX: usize = 2 * CHECKS_A_DAY_MAX;
/// Outages announced by each end of a link that are remembered, separately from the other end's, and looked at when
/// a check is missed. If one end announces more that are not over, its own oldest make room: one on every weekday of
/// a year.
pub const OUTAGES_KEPT_MAX: usize = 256;
/// An announced outage that lasts longer excuses no missed check (ms): 31 days. Whoever does without a link for
/// longer agrees on another check schedule; a service message without an end would excuse all checks to come.
pub const OUTAGE_MS_MAX: i64 = 31 * 24 * 60 * 60 * 1_000;
/// An outage that has been over for this long makes room first (ms): by then no check that was due in it is still
/// waiting.
pub const OUTAGE_REMEMBERED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Checks of one rule looked at in one go; the rest follows at once.
pub const CHECKS_AT_ONCE_MAX: usize = 64;
/// Checks of a link that are listed, the last ones.
pub const CHECKS_LISTED_MAX: usize = 20;
/// Checks waiting for an officer that are listed; the rest is counted.
pub const CHECKS_WAITING_LISTED_MAX: usize = 50;
/// How many of those stand on the page of `watch now`; the rest is counted.
pub const CHECKS_ON_PAGE_MAX: usize = 2;
/// How long until a step of a check that could not be put on record is tried again (ms).
pub const CHECK_REST_MS: u64 = 1_000;
/// A longer note on a check by telephone or fax is refused (bytes).
pub const CHECK_NOTE_BYTES_MAX: usize = 512;
/// The longest interval between heartbeats (seconds).
pub const HEARTBEAT_SECONDS_MAX: u32 = 3_600;
/// A link is called down when nothing was heard for the heartbeat's interval plus this (ms): what a heartbeat and
/// its answer may take.
pub const HEARTBEAT_ANSWER_MS_MAX: i64 = 5_000;
/// After this many heartbeats in a row without an answer, a link is called down without trying it once more.
pub const HEARTBEATS_MISSED_FOR_SURE: u64 = 3;
/// A ping of a link ends within this time, whatever the other end does (ms).
pub const PING_MS_MAX: u64 = 8_000;
/// A check that came this long after it was due is no longer answered (ms).
pub const CHECK_ANSWERED_WITHIN_MS: i64 = 24 * 60 * 60 * 1_000;
/// Sessions of which a console's stream keeps what it told. Of further ones, those that were not touched for longest
/// begin again once something of them is touched, as for a console that was told everything before.
pub const CONSOLE_SESSIONS_TOLD_MAX: usize = 64;
