//! Every bound of the program, each with the sentence that says what happens there.
//!
//! Never a treaty's number: those are regime data. A bound that is not named here does not exist.

// ---- domain ------------------------------------------------------------------------------------

/// A shorter Party code is refused.
pub const PARTY_CODE_CHARS_MIN: usize = 2;
/// A longer Party code is refused.
pub const PARTY_CODE_CHARS_MAX: usize = 12;
/// No more drafts are open at once; one more is refused until one is released or withdrawn.
pub const DRAFTS_OPEN_MAX: usize = 1_000;
/// No more of them are one officer's, who wrote their newest version: what one leaves lying keeps no other from a text.
/// One more is refused until one of these is released or withdrawn.
pub const DRAFTS_OPEN_PER_OFFICER_MAX: usize = DRAFTS_OPEN_MAX / 4;
/// No more proposals of custodians are open at once; one more is refused.
pub const PROPOSALS_OPEN_MAX: usize = 100;
/// Terms of functions on record, corrected ones included. One more is refused.
pub const FUNCTION_TERMS_MAX: usize = 4096;
/// Offices that a Party lists of its own. One more is refused.
pub const OFFICES_MAX: usize = 64;
/// A command whose caller's time is older is refused: its id may have been forgotten (7 days).
pub const COMMAND_AGE_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// Command ids are kept this long, so that the same id gives the same answer. Longer than
/// `COMMAND_AGE_MS_MAX` by more than two clocks may differ (8 days). Where a clock that ran ahead made
/// them be forgotten earlier, commands as old as those forgotten are refused.
pub const COMMAND_IDS_KEPT_MS: i64 = 8 * 24 * 3_600_000;
/// A command from further in the future is refused (10 minutes).
pub const CLOCKS_MAY_DIFFER_MS: i64 = 10 * 60_000;
/// A message whose reference has not come for longer is put on record as such, once (1 hour).
pub const REFERENCE_PATIENCE_MS: i64 = 3_600_000;
/// A thread of no more messages is kept as a plain list, which each batch that touches it copies; a longer
/// one as a tree, of which it copies a path.
pub const THREAD_LISTED_MAX: usize = 32;
/// Receipts of one lane that can be given again; an older one is not asked for by a lawful sender.
/// As many as can be under way on a lane.
pub const RECEIPTS_KEPT_PER_LANE: usize = DELIVERIES_PER_CALL_MAX * DELIVERY_CALLS_PER_LANE_MAX;
/// Records that one link may bring in an hour below FLASH; beyond it the answer is "not now".
pub const LINK_RECORDS_PER_HOUR_MAX: u64 = 360_000;
/// FLASH records that one link may bring in an hour; beyond it the answer is "not now".
pub const LINK_FLASH_RECORDS_PER_HOUR_MAX: u64 = 3_600;
/// Bytes of FLASH that one link may bring in an hour; beyond it the answer is "not now". As many FLASH as may come have
/// 18 KiB each, a text of a hotline twice over; no custodian can leave a link less FLASH, and what is on record stays.
pub const LINK_FLASH_BYTES_PER_HOUR_MAX: u64 = 64 * 1024 * 1024;
/// FLASH drafts of one officer of this Party that may be released in an hour, unless two custodians set another number;
/// the release of one more is refused with the number, and so is another such draft of that officer. Ten a minute for a
/// whole hour is more than anybody writes; and five who reach it at once leave the sixth room within
/// `LINK_FLASH_RECORDS_PER_HOUR_MAX`.
pub const FLASH_DRAFTS_PER_HOUR: u64 = 600;
/// A setting of fewer is refused: at one a minute the first hour of an emergency never meets it.
pub const FLASH_DRAFTS_PER_HOUR_MIN: u64 = 60;
/// Bytes that one link may bring in an hour below FLASH; beyond it the answer is "not now". Heads of ledgers are
/// followed up to here, and up to `LINK_RECORDS_PER_HOUR_MAX`, also where two custodians leave a link less.
pub const LINK_BYTES_PER_HOUR_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// What one link may put on record in an hour without anything being taken: contradictions, disputed
/// receipts, heads that do not add up, new lists. Beyond it they are only answered.
pub const LINK_ODDITIES_PER_HOUR_MAX: u64 = 32;
/// No more leaves of a peer's ledger are kept that no followed head covers, or whose dispatch has not come;
/// what would bring more below FLASH is "not now" until heads and dispatches have met.
pub const LEAVES_APART_MAX: usize = 1 << 18;
/// As `LEAVES_APART_MAX`, for FLASH: it is not held up by what is lower.
pub const LEAVES_APART_WITH_FLASH_MAX: usize = 1 << 19;
/// A head of a peer's that is further beyond the one followed before is "not now"; those between, which the
/// peer gives with its leaves, are followed first. Adding up so many leaves holds up others for milliseconds;
/// where the oddities of the hour are spent, no more than `LEAVES_PER_CALL_MAX` are.
pub const LEAVES_FOLLOWED_AT_ONCE_MAX: u64 = 1 << 14;
/// The newest contradictions of a peer that are remembered, so that none of these is put on record twice.
pub const CONTRADICTIONS_KEPT_PER_LINK: usize = 64;
/// Of one author, no more references to messages that are not here are watched; a further one is on record
/// like any other, but nobody is alarmed when what it refers to does not come.
pub const REFERENCES_WAITING_PER_PARTY_MAX: usize = 4_096;
/// Of one author, no more messages that nobody acknowledged are watched, FLASH apart and drills apart; a further one is
/// on record and acknowledged like any other, but nobody is alerted of it, and it is only counted.
pub const WATCHED_PER_PARTY_MAX: usize = 1_000;
/// Rules of a watch plan: one for each precedence of each office, and of none. One more is refused.
pub const WATCH_RULES_MAX: usize = 4 * (OFFICES_MAX + 1);
/// Steps of one rule of a watch plan. One more is refused.
pub const WATCH_STEPS_MAX: usize = 16;
/// Names in one step of a watch plan. One more is refused.
pub const WATCH_STEP_NAMES_MAX: usize = 32;
/// A step of a watch plan that leaves more minutes is refused (one week).
pub const WATCH_STEP_MINUTES_MAX: u32 = 7 * 24 * 60;
/// A larger watch plan is refused unread (bytes).
pub const WATCH_PLAN_BYTES_MAX: usize = 256 * 1024;
/// Instruction cards of a Party. One more is refused.
pub const WATCH_CARDS_MAX: usize = 64;
/// Larger instruction cards are refused unread, all of them together (bytes).
pub const WATCH_CARDS_BYTES_MAX: usize = 256 * 1024;
/// Steps, telephones and languages of one card, a line each: with the item above and the keys below, a page of
/// `TERMINAL_LINES`. One more is refused.
pub const WATCH_CARD_LINES_MAX: usize = 18;
/// A line of a card that is wider is refused, so that none is cut where it is shown (columns).
pub const WATCH_CARD_COLUMNS_MAX: usize = 63;
/// Lines of a holding reply. One more is refused.
pub const HOLDING_REPLY_LINES_MAX: usize = 10;
/// Persons named in one alert on record; who comes after them is alerted by name no more.
pub const ALERTED_PERSONS_MAX: usize = 256;
/// Steps of the watch plan put on record in one go; those due longest, FLASH before them, come first.
pub const ALERTS_AT_ONCE_MAX: usize = 64;
/// A hand-over of the watch names no more open messages; the rest is counted, and its digest covers all.
pub const HAND_OVER_ITEMS_MAX: usize = 1_000;
/// A hand-over of the watch names no more duties; the rest is counted, and its digest covers all.
pub const HAND_OVER_DUTIES_MAX: usize = 1_000;
/// Columns of an official form: what does not fit goes on in the next line.
pub const OFFICIAL_FORM_COLUMNS: usize = 80;
/// Lines of a page of an official form, head and foot among them: what does not fit goes on on the next.
pub const OFFICIAL_FORM_PAGE_LINES: usize = 60;
/// Fewer lines between head and foot make a page longer: a marking of many lines leaves room for the rest.
pub const OFFICIAL_FORM_BODY_LINES_MIN: usize = 40;

/// Parties without a node that may be known. One more is refused.
pub const PARTIES_WITHOUT_NODE_MAX: usize = 1_000;
/// Accounts of one message delivered by hand to one addressee, corrections among them. One more is refused.
pub const BY_HAND_ACCOUNTS_MAX: usize = 100;

/// Regimes whose text a journal may hold. One more is refused.
pub const REGIMES_HELD_MAX: usize = 1024;

/// Words on regimes that one Party may have on record: adoptions, suspensions, resumptions, withdrawals.
/// One more is a message like any other, and has no effect.
pub const REGIME_WORDS_PER_PARTY_MAX: usize = 4096;
/// Of another Party's adoptions of one regime that are in force so many are read for their addressees, the
/// oldest of an edition first, and so many words that suspend them; whom a later one names is not known to whoever asks
/// who is bound to whom.
pub const ADOPTIONS_READ_PER_PARTY_MAX: usize = 16;
/// Of one Party's adoptions of a regime so many are listed in one answer, and so many of its words that are announced, and
/// as many that were replaced; the rest is counted, so that one Party's words hide none of another's.
pub const REGIME_WORDS_LISTED_PER_PARTY_MAX: usize = 200;
/// So many bytes of each of these; one that is longer is counted.
pub const REGIME_WORDS_LISTED_PER_PARTY_BYTES: usize = 64 * 1024;
/// Names of regimes told to whoever asks for one that is not known: those that begin most like it first.
pub const REGIME_NAMES_TOLD_MAX: usize = 8;

/// Messages between us and one Party kept for the case that the two come to be bound: one more opens no duty later
/// on, which stands with it and below the list of duties.
pub const DUTY_MESSAGES_UNBOUND_PER_PARTY_MAX: usize = 10_000;
/// Messages of one author that are considered once more because one message brought a duty about, met one or freed
/// one, those that wait already not counted: the oldest, so that nobody who says much keeps an answer of another from
/// being looked at. How many more there are stands with that message and below the list of duties; they do nothing to
/// what it brought about.
pub const DUTY_MESSAGES_AGAIN_MAX: usize = 1_000;
/// Of the words by which a Party takes back one and the same message so many, the first on record, are read for when
/// they were given, where that counts. How many more there are stands with that message and below the list of duties.
pub const DUTY_WITHDRAWALS_READ_MAX: usize = 64;
/// Duties that may be open with one Party, real ones and drills each for themselves. Beyond it a message opens
/// none: it stands as any other, with a mark that says how many were not opened, and that is on record.
pub const DUTIES_OPEN_PER_PARTY_MAX: u64 = 250_000;
/// Duties that one record may put on record, and steps: what more a message brings about stands in the next ones.
pub const DUTIES_PER_RECORD_MAX: usize = 1_000;
/// What of duties a record holds takes no more (bytes): its heading and signature find room beside it. What goes
/// beyond stands in the next ones. One duty takes a few KiB: the names of a regime are bounded.
pub const DUTIES_PER_RECORD_BYTES_MAX: usize = RECORD_BYTES_MAX - 64 * 1024;
/// Messages of which it is kept that their duties were left out, or that they can't be read here. Of more of them
/// only the number is kept; each stands on record.
pub const DUTIES_LEFT_OUT_KEPT: usize = 10_000;
/// Once a duty is past due, the other end is waited for so long before it is said that nobody knows: a
/// heartbeat and its answer take less (1 minute).
pub const DUTY_HEARING_MS: i64 = 60_000;
/// So many messages are considered for duties from one head; the others with the next.
pub const DUTY_MESSAGES_AT_ONCE: usize = 64;
/// Where a duty waits for the other end to be heard, it is looked at again after this: so long after the link
/// is back, and all that was on the way has come, it is settled (ms).
pub const DUTY_LOOK_AGAIN_MS: u64 = 500;
/// How long the other end's word that more is under way to us keeps what it owes from being said to have lapsed (ms):
/// a day in which it was heard, far beyond what a heavy message or a long queue takes. What it goes on sending
/// meanwhile puts it off by one more day at the most.
pub const UNDER_WAY_MS_MAX: i64 = 86_400_000;
/// A longer text of a hotline session is not taken from a writer here, and is marked where it comes from another
/// Party (bytes).
pub const HOTLINE_TEXT_BYTES_MAX: usize = 8 * 1024;
/// A text of a hotline session with more words is not taken from a writer here, and is marked where it comes from
/// another Party: it is read out, translated and answered as one.
pub const HOTLINE_TEXT_WORDS_MAX: usize = 500;
/// A message of a hotline session names no more of the last ones seen; where more were written without sight of
/// each other, the highest are named, and the rest in the next message. Of one that names more the first are read.
pub const HOTLINE_SEEN_MAX: usize = 32;
/// A session with more messages takes no more from here, once this Party has said its share of them: another one is
/// opened. What others say in it is taken.
pub const HOTLINE_MESSAGES_MAX: usize = 2_000;
/// Of one other Party no more messages of a thread are read that stand in the order of its session or close it: room for
/// all that a session holds when it is full. How many more there are is said, and what the others say is read as before.
pub const HOTLINE_AUTHOR_MESSAGES_MAX: usize = 3 * HOTLINE_MESSAGES_MAX;
/// Nor is more read of it that takes more in memory; of what others present name as seen, as much again for each of them
/// (bytes).
pub const HOTLINE_AUTHOR_BYTES_MAX: usize = HOTLINE_KEPT_BYTES / 16;
/// Of all else that it writes in the thread no more is: of a full session what four officers acknowledge and show, and
/// translations.
pub const HOTLINE_AUTHOR_REST_MESSAGES_MAX: usize = 12 * HOTLINE_MESSAGES_MAX;
/// Nor is more of that which takes more in memory (bytes).
pub const HOTLINE_AUTHOR_REST_BYTES_MAX: usize = HOTLINE_KEPT_BYTES / 8;
/// Of an author who is not in the session as it stands here no more messages are read: enough for one who is on the way
/// in, or whom others hold to be in it.
pub const HOTLINE_OUTSIDER_MESSAGES_MAX: usize = 64;
/// Nor is more read of such an author that takes more in memory (bytes).
pub const HOTLINE_OUTSIDER_BYTES_MAX: usize = 1024 * 1024;
/// Of one text no more translations are told; how many more there are is.
pub const HOTLINE_TRANSLATIONS_TOLD: usize = 8;
/// Of what is said of a session beside its lines and nobody here has acknowledged no more is told at once.
pub const HOTLINE_BESIDE_TOLD: usize = 8;
/// Of the messages that the author of a text had not seen the first are told by their digests; of more only their count.
pub const HOTLINE_UNSEEN_TOLD: usize = 8;
/// Of the messages of a session no more, the first in its order, are held against those before them, for which of these
/// their authors had not seen; of the others it is told that they are not. At 64 messages a word, it takes 4.5 MB.
pub const HOTLINE_COMPARED_MAX: usize = HOTLINE_AUTHOR_MESSAGES_MAX;
/// The translations of one text that are told take no more (bytes).
pub const HOTLINE_TRANSLATIONS_BYTES: usize = 64 * 1024;
/// Of what was written down as heard no more is told beside one text, and no more without an original; how much more
/// there is is. No more is held against the original, word by word.
pub const HOTLINE_HEARD_TOLD: usize = 8;
/// A text of more words, and marks of figures, is not held against what was heard: that takes room by the square.
pub const HOTLINE_HEARD_PARTS_MAX: usize = 1_000;
/// What is told of it takes no more (bytes).
pub const HOTLINE_HEARD_BYTES: usize = 64 * 1024;
/// Of the messages of a session that were handed on in it no more are told; how many more there are is.
pub const HOTLINE_HANDED_ON_TOLD: usize = 64;
/// What is told of them takes no more (bytes).
pub const HOTLINE_HANDED_ON_BYTES: usize = 256 * 1024;
/// Of the differences of two transcripts no more are told; how many more there are is, but of what is not here yet.
pub const HOTLINE_DIFFERENCES_TOLD: usize = 32;
/// Of the drafts of a session that are not released no more are told; how many more there are is.
pub const HOTLINE_DRAFTS_TOLD: usize = 8;
/// A session in which something is said between any two calls of who prints it is not read more often.
pub const HOTLINE_READINGS_MAX: usize = 8;
/// A longer name of an officer stands in the message alone, and is not told beside the texts (bytes).
pub const HOTLINE_NAME_BYTES_TOLD: usize = 512;
/// The sessions that were read for consoles are kept as far as they take no more together; those of the Party whose
/// sessions take most make room first, and of these those that were looked at longest ago, and are read again (bytes).
pub const HOTLINE_KEPT_BYTES: usize = 64 * 1024 * 1024;
/// A session in whose thread more messages stand is folded and looked at beside the threads that carry what comes over
/// the links, since that takes long; a shorter one in passing.
pub const HOTLINE_IN_PASSING_MAX: usize = 1_000;
/// A console that takes nothing of what it is told for so long is let go, and begins again after the last position
/// that it saw (ms).
pub const CONSOLE_TAKES_MS_MAX: u64 = 60_000;
/// So many pages of sessions, the newest, are looked through for an officer who hands the watch over or takes it over.
pub const SESSION_PAGES_AT_TAKE_OVER_MAX: usize = 8;
/// Threads looked at for one page of sessions; the next page goes on behind them.
pub const HOTLINE_THREADS_PER_PAGE: usize = 100;
/// Phrases agreed on one link. A list of more is refused.
pub const LINK_PHRASES_MAX: usize = 1_000;
/// An agreed phrase in more languages is refused: all of them are told with each text that is said by its number.
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
/// A webhook with a greater budget of calls an hour is refused.
pub const WEBHOOK_CALLS_PER_HOUR_MAX: u32 = 3_600;
/// Beside its budget a webhook is called so often in an hour for FLASH; what is beyond waits for the next.
pub const WEBHOOK_FLASH_CALLS_PER_HOUR_MAX: u64 = 600;
/// No more alerts of FLASH wait for one webhook, and no more of all below; a further one it is not told of, and that
/// is counted.
pub const WEBHOOK_ALERTS_WAITING_MAX: usize = 1_000;
/// Of these no more are of one author's messages, or of this Party itself, so that none keeps another's out.
pub const WEBHOOK_ALERTS_WAITING_OF_ONE_MAX: usize = 250;
/// An alert that a webhook could not be told of for longer is given up, on record (1 day).
pub const WEBHOOK_PATIENCE_MS: i64 = 24 * 3_600_000;

/// So long before its end a certificate or revocation list raises an alarm, once each time, and once more at its end:
/// three weeks, a week, a day (milliseconds).
pub const EXPIRY_ALARMS_MS: [i64; 4] = [EXPIRY_WARNING_MS, 7 * 24 * 3_600_000, 24 * 3_600_000, 0];
/// Alarms that a Party sets for itself. One more is refused.
pub const OWN_ALARMS_MAX: usize = 64;
/// A longer name of such an alarm is refused (bytes).
pub const OWN_ALARM_NAME_BYTES_MAX: usize = 64;
/// Such an alarm that leaves more hours is refused (one year).
pub const OWN_ALARM_HOURS_MAX: u32 = 366 * 24;
/// For messages of one author, drills apart, no more such alarms run at once; a further message begins none, and that is
/// counted.
pub const OWN_ALARMS_RUNNING_OF_ONE_MAX: u64 = 1_000;
/// So many of them are put on record as past due in one go, or listed in one answer; the next to fall due first.
pub const OWN_ALARMS_AT_ONCE_MAX: usize = 50;

// ---- clock -------------------------------------------------------------------------------------

/// Whoever waits on the system clock looks at it again at least this often, so that a clock set
/// forward or back is noticed (milliseconds).
pub const CLOCK_RECHECK_MS: u64 = 1_000;

// ---- forms: what a person may write in a form --------------------------------------------------

/// Signed content larger than this is refused, at the sender and at the receiver (bytes).
pub const CONTENT_BYTES_MAX: usize = 256 * 1024;
/// A signed message that is longer can't be forwarded, and a forwarding of one is refused as over a limit:
/// beside it the remarks must have room within `CONTENT_BYTES_MAX` (bytes).
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
/// Beside a thread that is shown no more other threads are read of which it says whether they are the same activity.
pub const THREADS_BESIDE_MAX: usize = 16;
/// An amendment is held against no more of its author's messages before it, the newest first: in a thread with
/// more between, that its notice was cancelled is not marked.
pub const AMENDMENT_LOOKS_BACK_MAX: usize = 256;
/// Of what its author said later in its thread, what became of a message is read in no more messages, the newest first,
/// and in the words that take one of them back. In as many of its thread's newest messages translations of it are looked
/// for. How many were not looked at is marked. A withdrawal that was handed on beside a copy is looked for in as many of
/// those that were put on record last.
pub const LATER_WORDS_READ_MAX: usize = 64;
/// A calendar that a reference names by its year alone is looked for in no more threads, the newest first, and in
/// no more messages of each.
pub const CALENDAR_THREADS_MAX: usize = 256;
/// With what a session begins is looked for among no more messages of its thread, the first on record; a draft is not
/// held against one that begins later.
pub const SESSION_BEGINS_WITHIN_MAX: usize = 16;
/// Of what a document names no more messages are looked for; the rest is not marked as not held.
pub const NAMED_LOOKED_FOR_MAX: usize = 256;
/// No more faults of one document are listed; the last one says so.
pub const FAULTS_MAX: usize = 500;
/// A greater number is refused, so that sums stay far from the edge and every format can hold it.
pub const FORM_NUMBER_MAX: u64 = 999_999_999_999;
/// A name or other short text with more characters is marked as a fault.
pub const FORM_NAME_CHARS: usize = 300;
/// A longer text with more characters is marked as a fault.
pub const FORM_PROSE_CHARS: usize = 4000;
/// Of a name that stands for the origin of what is transcribed no more characters stand in front of the mark
/// that says so; all of it stands in the content.
pub const ORIGIN_SHOWN_CHARS: usize = 80;
/// A polygon with fewer corners is marked as a fault.
pub const POLYGON_CORNERS_MIN: usize = 3;
/// A circle with a greater radius is marked as a fault: no two points lie further apart than half the Earth's
/// circumference, at its widest (metres; WGS 84).
pub const RADIUS_METRES_MAX: u64 = 20_037_508;
/// A calendar for a year outside is marked as a fault.
pub const CALENDAR_YEARS: std::ops::RangeInclusive<u64> = 1900..=9999;
/// A longer text is not taken for the name of a zone, and marked as a fault (bytes).
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
/// Classes and thresholds that stand on each other in a longer chain are refused.
pub const RULE_CHAIN_MAX: usize = 16;
/// A longer pattern of official numbers is refused (bytes). With all that fills its places a number stays
/// well within `LINE_BYTES_MAX`.
pub const NUMBER_PATTERN_BYTES_MAX: usize = 96;
/// A longer word of a document within an official number is refused in a regime; a format whose code is
/// longer and that has no such word is numbered by the built-in form (bytes).
pub const NUMBER_WORD_BYTES_MAX: usize = 24;
/// Of more files beside a regime file that inherits, no further one is looked into for what it inherits from.
pub const REGIME_FILES_BESIDE_MAX: usize = 200;
/// A regime that inherits over more generations is refused.
pub const REGIME_GENERATIONS_MAX: usize = 8;
/// A check names no more of what is lacking for one figure than the first so many; the answer is the same.
pub const LACKS_PER_FIGURE_MAX: usize = 16;
/// A check names no more of what is lacking for one rule than so many; the answer is the same.
pub const LACKS_PER_RULE_MAX: usize = 64;
/// A check names no more fields of one rule that are owed and not given; the rest is counted.
pub const OPEN_FIELDS_MAX: usize = 200;
/// A format whose fields are nested deeper is refused.
pub const FORMAT_DEPTH_MAX: usize = 4;
/// Of the messages that a formatted one refers to so many are looked up; any further one counts as not here.
pub const FORMAT_REFERENCES_MAX: usize = 32;
/// To count towards a quota a check reads so many messages that cite the regime; of more it says that there
/// are at least as many as it found.
pub const TALLY_MESSAGES_MAX: usize = 500;
/// A check names no more of what counts towards a quota; the rest is counted.
pub const TALLY_NAMED_MAX: usize = 10;
/// A check reads so many messages that say of two threads whether they are one activity; later ones are not
/// looked at.
pub const SAME_ACTIVITY_MESSAGES_MAX: usize = 500;
/// No more threads are taken together for one activity.
pub const GROUP_THREADS_MAX: usize = 32;
/// No more pairs of threads are named of one activity.
pub const GROUP_PAIRS_MAX: usize = 64;
/// A check reads so many messages of the threads of one activity; further ones are not looked at.
pub const GROUP_MESSAGES_MAX: usize = 500;
/// A check names no more territories of one activity.
pub const GROUP_TERRITORIES_MAX: usize = 64;
/// Behind a line of a check so many are named that do not apply its paragraph; the rest is counted.
pub const RESTRAINTS_PER_LINE_MAX: usize = 8;
/// Beside a check, and of each two Parties, so many provisions are named that one of them does not apply; the
/// rest is counted.
pub const RESTRAINTS_NAMED_MAX: usize = 200;
/// A greater lead time, reply time or period is refused, so that no sum of days leaves the calendar.
pub const REGIME_TIME_MAX: u64 = 100_000;

// ---- evidence ----------------------------------------------------------------------------------

/// What carries more signatures in one wrapping is refused.
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
/// A longer inclusion or consistency path is refused before any of it is hashed. No tree within
/// `TREE_LEAVES_MAX` leaves needs more for inclusion; C2SP tlog-witness allows no more for consistency.
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
/// A key list with more keys of all purposes together is refused, known to this program or not.
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
/// A party file with more key lists is refused; a Party that changes keys each month reaches it in
/// twenty years, and starts anew with a file compared by hand.
pub const PARTY_FILE_KEY_LISTS_MAX: usize = 256;
/// A party file with a longer revocation list is refused; where one is judged by, the Party counts as
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
/// A longer tag of a reader's language, or of a label's in a regime, is refused (bytes): RFC 5646, 4.4.1.
pub const LANGUAGE_TAG_BYTES_MAX: usize = 35;
/// A longer one-line text in a message's heading is refused (bytes). Of a message that waits for no officer, as it only
/// tells what became of another, no more lines are its author's own words than its number, that of the other, and the
/// names and offices of its drafter and its releaser: they stand in its thread. How many of these one link brings in an
/// hour, `LINK_RECORDS_PER_HOUR_MAX` says, as of any message.
pub const LINE_BYTES_MAX: usize = 512;
/// Longer remarks are refused (bytes).
pub const REMARKS_BYTES_MAX: usize = 16 * 1024;
/// A message to more action or more information addressees is refused.
pub const ADDRESSEES_MAX: usize = 256;
/// A message that names more Parties to which alone it may be given is refused.
pub const RELEASABLE_TO_MAX: usize = 256;
/// A message with more references is refused.
pub const REFERENCES_MAX: usize = 32;
/// Of the messages that one form names by digest, the first so many: one that is named beyond them is found from there
/// only where it stands in the same thread or among the envelope's references.
pub const NAMED_IN_FORM_MAX: usize = 256;
/// A message with more parts is refused.
pub const PARTS_MAX: usize = 64;
/// A larger part is refused before it is kept, and is not fetched from a peer (bytes, without the salt).
pub const PART_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Parts of one peer's messages that are awaited at once; further ones are not fetched.
pub const PARTS_WANTED_PER_LINK_MAX: usize = 1_024;
/// Parts of one peer together; what would go beyond is not fetched until some were erased (bytes).
pub const PARTS_BYTES_PER_LINK_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// A larger proven receipt is disputed without being read (bytes).
pub const PROVEN_RECEIPT_BYTES_MAX: usize = 16 * 1024;
/// A head in a larger note is not followed (bytes).
pub const HEAD_NOTE_BYTES_MAX: usize = 4 * 1024;

/// An exported journal holds no larger entry: more than any medium gives (bytes).
pub const EXPORT_ENTRY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Where a medium gives an error instead of entries, so many positions in a row are tried one by one; what lies
/// behind them is then given up, and the export says so.
pub const EXPORT_UNREADABLE_MAX: u64 = 10_000;
/// A larger bundle of one thread is not made, and is refused before it is read (bytes).
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A bundle with more Parties is refused.
pub const BUNDLE_PARTIES_MAX: usize = 256;
/// A bundle with more messages, or more dispatches, is refused.
pub const BUNDLE_ITEMS_MAX: usize = 65_536;
/// A bundle shows no more disputed receipts, and no more contradictions, of one dispatch; more are left
/// out when it is made, and refused when it is read.
pub const BUNDLE_ODDITIES_MAX: usize = 64;
/// A larger carry file is refused before it is read; when one is made, what would go beyond stays owed and is told
/// (bytes).
pub const CARRY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// When a carry file is made, its dispatches and parts together take no more; the rest is for what stands beside them
/// (bytes). The largest part fits.
pub const CARRY_DISPATCHES_BYTES_MAX: usize = CARRY_BYTES_MAX - 8 * 1024 * 1024;
/// A carry file is read up to so many lists, dispatches and receipts.
pub const CARRY_ENTRIES_MAX: usize = 16_384;
/// When a carry file is made, it holds no more dispatches; the rest stays owed and is told. Their receipts fit one file
/// for the way back.
pub const CARRY_DISPATCHES_MAX: usize = CARRY_ENTRIES_MAX / 2;
/// When a carry file is made, it holds no more parts, nor any for which its dispatches leave no room of
/// `CARRY_DISPATCHES_BYTES_MAX`; the rest is told.
pub const CARRY_PARTS_MAX: usize = 1_024;
/// Carry files on their way to officers at once; one more is answered "not now". One that is not read to its end within
/// `CALL_MS_MAX` is given up.
pub const CARRIES_GIVEN_AT_ONCE_MAX: usize = 4;
/// Of the parts that a carry file leaves out so many are named; how many more there are is told.
pub const CARRY_PARTS_LEFT_TOLD: usize = 64;
/// Of what is wrong with a carry file so much is told; how much more there is is told.
pub const CARRY_STOPPED_TOLD: usize = 64;
/// Words on the way that a carry file goes or came may be no longer (bytes).
pub const CARRY_WAY_BYTES_MAX: usize = 512;
/// So many carry files that were made or taken are listed, the newest; the journal keeps all.
pub const CARRIED_KEPT_MAX: usize = 100;

// ---- journal -----------------------------------------------------------------------------------

/// A record larger than this is refused before it is appended (bytes).
pub const RECORD_BYTES_MAX: usize = 900 * 1024;
/// No batch given to the journal holds more records; the rest waits for the next one.
pub const BATCH_RECORDS_MAX: usize = 512;
/// A larger batch is refused before it is appended (bytes); two records of any size fit. The registrar
/// leaves what would go beyond for its next batch.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// So many appends wait for the writing thread; the next caller waits for room, within its own time.
pub const APPENDS_WAITING_MAX: usize = 64;
/// An append that is not confirmed by then is answered "not known" (ms).
pub const JOURNAL_APPEND_MS_MAX: u64 = 10_000;
/// A single read or a short range that is not answered by then is given up; it may be asked again (ms).
pub const JOURNAL_READ_MS_MAX: u64 = 5_000;
/// So many single reads wait for their thread; the next caller waits for room, within its own time.
pub const READS_WAITING_MAX: usize = 64;
/// A batch read from the journal is handed over once it holds so many bytes; one more record may follow.
pub const READ_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A batch read from the journal holds no more entries; the rest comes with the next one.
pub const READ_ENTRIES_MAX: usize = 1_024;
/// A reading thread runs so many batches ahead of who reads, then it waits.
pub const READ_BATCHES_AHEAD_MAX: usize = 2;
/// Another process that holds the embedded journal's write lock is waited for so long (ms).
pub const EMBEDDED_LOCK_MS_MAX: u64 = 3_000;
/// At the end of an embedded journal another process's entries are looked for this often (ms).
pub const EMBEDDED_LOOK_MS: u64 = 20;
/// After so many bytes written ahead, the embedded journal moves them into its main file.
pub const EMBEDDED_AHEAD_BYTES: u64 = 4 * 1024 * 1024;
/// A record that the brokers have not acknowledged by then is given up by the producer (ms); less than
/// `JOURNAL_APPEND_MS_MAX`, so that it does not land after the caller has its answer if that can be helped.
pub const KAFKA_DELIVERY_MS_MAX: u64 = 8_000;
/// A broker that does not answer a question by then is taken to be away, and is dialled anew (ms).
pub const KAFKA_SOCKET_MS_MAX: u64 = 1_500;
/// Opening, making or checking a topic is given up by then (ms).
pub const KAFKA_OPEN_MS_MAX: u64 = 10_000;
/// A fetch is parked at the broker so long when there is nothing new; other questions wait behind it (ms).
pub const KAFKA_PARKED_MS_MAX: u64 = 100;
/// A Kafka reading thread looks this often whether anybody still listens or asks (ms).
pub const KAFKA_POLL_MS: u64 = 50;
/// A reader that waited so long at the end asks the broker whether there really is nothing more (ms).
pub const KAFKA_QUIET_MS_MAX: u64 = 5_000;
/// A topic that brokers do not know for so long is gone; less may be a broker that is just starting (ms).
pub const KAFKA_GONE_MS: u64 = 3_000;
/// A broker that has answered no question for so long is called silent (ms); less may be a change of leader.
pub const KAFKA_SILENT_MS: u64 = 3_000;
/// By then a broker that went away is called silent, though nothing is appended (ms): quiet, one question without an
/// answer, and silent, each as long as it may last.
pub const KAFKA_SILENT_TOLD_MS: u64 = KAFKA_QUIET_MS_MAX + 3 * KAFKA_SOCKET_MS_MAX + KAFKA_SILENT_MS;
/// The largest Kafka message the topic must take: a record with its key and headers (bytes).
pub const KAFKA_MESSAGE_BYTES_MAX: usize = 1_048_588;
/// The producer holds no more in its queue; an append beyond it is answered "not known" (KiB).
pub const KAFKA_QUEUE_KIB_MAX: usize = 64 * 1024;
/// A Kafka reader fetches no further ahead (KiB).
pub const KAFKA_AHEAD_KIB_MAX: usize = 8 * 1024;

/// All parts together; one that would go beyond is answered "not now" (bytes).
pub const PARTS_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;
/// Of that, what is left to our own officers: peers' parts do not take it (bytes).
pub const PARTS_BYTES_RESERVE: u64 = 8 * 1024 * 1024 * 1024;
/// A part that would leave fewer bytes free where parts lie is answered "not now", and what had come of it is removed:
/// where the journal lies on the same disk, texts go on. At 2 KiB for each with its receipt that is room for a quarter
/// of a million of them (bytes).
pub const PARTS_LEAVE_FREE_BYTES: u64 = 512 * 1024 * 1024;
/// Parts being read or taken from officers at once; one more is answered "not now".
pub const PARTS_AT_ONCE_MAX: usize = 16;
/// A part is read and handed on in pieces of this size (bytes).
pub const PART_CHUNK_BYTES: usize = 64 * 1024;
/// Of a part that comes no more waits to be written to the disk (bytes): what is put on record meanwhile waits for the
/// disk no longer than that takes.
pub const PART_UNSYNCED_BYTES_MAX: u64 = 1024 * 1024;
/// Pieces of a part that are read ahead of who takes them.
pub const PART_CHUNKS_AHEAD_MAX: usize = 2;
/// A part whose next piece does not come, or is not taken, by then is given up (ms).
pub const PART_CHUNK_MS_MAX: u64 = 20_000;

// ---- replay ------------------------------------------------------------------------------------

/// The newest records kept in memory, so that links need not read them again; older ones are read.
pub const NEWEST_RECORDS_KEPT: usize = 512;
/// The newest records are kept only as far as they hold no more (bytes).
pub const NEWEST_BYTES_KEPT: usize = 4 * 1024 * 1024;
/// An audit uses no more threads at once; more cores than that wait for the one that folds.
pub const AUDIT_THREADS_MAX: usize = 32;
/// An audit names no more faults than the first so many; the rest is counted.
pub const AUDIT_FAULTS_SHOWN_MAX: usize = 100;
/// An audit tells of no more hand-overs of the watch than the newest so many.
pub const AUDIT_HAND_OVERS_SHOWN_MAX: usize = 10;
/// An audit names no more void entries than the newest so many; the rest is counted.
pub const AUDIT_VOIDS_SHOWN_MAX: usize = 100;

// ---- registrar ---------------------------------------------------------------------------------

/// So many commands of the own Party's persons below FLASH wait for the registrar, or are under way; one
/// more is answered "not now". They are taken after FLASH and before all else.
pub const INBOX_PERSONS_MAX: usize = 1_024;
/// The same for what persons draft, release or acknowledge as FLASH.
pub const INBOX_PERSONS_FLASH_MAX: usize = 128;
/// So many commands that one link brings below FLASH wait, or are under way; one more is answered "not
/// now", whatever the other links do. Three lanes of deliveries, of receipts and of disputes fit.
pub const INBOX_PER_LINK_MAX: usize = 9 * DELIVERIES_PER_CALL_MAX;
/// The same for what one link brings as FLASH.
pub const INBOX_PER_LINK_FLASH_MAX: usize = 3 * DELIVERIES_PER_CALL_MAX;
/// So many commands of the node itself, for no link in particular, wait; one more is tried again later.
pub const INBOX_NODE_MAX: usize = 256;
/// Commands decided in one batch, FLASH first. More wait for the next.
pub const BATCH_COMMANDS_MAX: usize = 256;
/// A command that has no answer by then is answered "not on record, or not yet" (ms).
pub const COMMAND_MS_MAX: u64 = 15_000;
/// A batch that was not read back by then makes the registrar open a new epoch (ms).
pub const READ_BACK_MS_MAX: u64 = 12_000;
/// So often the newest record is looked for, `REOPEN_REST_MS` apart, before it counts as missing.
pub const HEAD_LOOKS: u32 = 6;
/// After an epoch that could not be opened, the next attempt waits so long (ms).
pub const REOPEN_REST_MS: u64 = 500;
/// The checkpoint beside the journal is at most so far behind (ms).
pub const CHECKPOINT_BEHIND_MS: u64 = 1_000;

/// After steps of the watch plan that could not be put on record, the next attempt waits so long (ms).
pub const ALERT_REST_MS: u64 = 500;

// ---- peers -------------------------------------------------------------------------------------

/// A larger certificate is refused before it is parsed (bytes).
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// A Party's certification authorities beyond this many are passed over: one in force, one coming,
/// and as many again.
pub const AUTHORITIES_PER_PARTY_MAX: usize = 4;
/// A Party's revocation lists beyond this many are passed over.
pub const REVOCATION_LISTS_PER_PARTY_MAX: usize = 4;
/// A live connection's certificate is judged again at least this often, beside every change of
/// trust; what no longer stands is cut (milliseconds).
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
/// A call of deliveries that overtook the one before it is held until that one has been taken, or for so
/// long; then it is told which serial comes next (ms).
pub const DELIVERY_AHEAD_MS_MAX: u64 = 1_000;
/// Signatures of a call are verified in pieces of so many deliveries or receipts, each on one core.
pub const SPREAD_PIECE: usize = 4;
/// A call of deliveries ends once it holds so many bytes; one more delivery may follow.
pub const DELIVERIES_BYTES_PER_CALL: usize = 1024 * 1024;
/// A Party that can't be dialled is answered after so long though nothing is owed to it, or no part of its
/// messages is wanted (ms).
pub const COLLECT_WAIT_MS: u64 = 20_000;
/// Calls between nodes larger than this are refused (bytes).
pub const EXCHANGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A call or answer of key lists ends once it holds so many bytes; one more may follow.
pub const KEY_LISTS_BYTES_PER_CALL: usize = 512 * 1024;
/// Leaves in one answer; the rest is asked for with the next call.
pub const LEAVES_PER_CALL_MAX: usize = 1_024;
/// A head over a larger leaf is not followed (bytes): dispatches and receipts are a few hundred. So what a peer
/// announces and never sends takes no more than `LEAVES_APART_MAX` times this, once.
pub const LEAF_BYTES_MAX: usize = 4 * 1024;
/// An answer of leaves ends once it holds so many bytes.
pub const LEAVES_BYTES_PER_CALL_MAX: usize = 512 * 1024;
/// Calls for leaves in a row for one head; then the next heartbeat goes on.
pub const LEAVES_CALLS_PER_BEAT_MAX: usize = 64;
/// A call to a peer that is not answered by then is given up (ms).
pub const PEER_CALL_MS_MAX: u64 = 20_000;
/// The first wait after a failed call (ms); it doubles up to `BACK_OFF_MS_MAX`, and half of it is chance.
pub const BACK_OFF_MS_MIN: u64 = 100;
/// The longest wait after failed calls (ms). It ends at once when the peer is heard.
pub const BACK_OFF_MS_MAX: u64 = 30_000;
/// A Party that can't be dialled asks for what is owed to it in so many calls at once, and in as many which
/// part is wanted; one more is refused.
pub const COLLECTS_PER_LINK_MAX: usize = 4;
/// A receipt that does not verify is put on record when so many rounds in a row brought one: before, it
/// may have been signed with a key whose list is still under way.
pub const DOUBTS_BEFORE_DISPUTE: u32 = 3;
/// A heartbeat is sent at least this often by the node's clock (ms).
pub const HEARTBEAT_MS: i64 = 10_000;
/// After our ledger grew, a heartbeat is sent once it has been still for so long (ms).
pub const HEARTBEAT_SETTLE_MS: u64 = 50;
/// Heartbeats that news brings about on a link begin no closer than this (ms): a ledger that grows all the time is
/// cosigned a few times a second, and not for each message.
pub const HEARTBEAT_APART_MS: u64 = 250;

/// The longest wait between two tries for one part (ms); the first is `BACK_OFF_MS_MIN`, and it doubles.
pub const PART_RETRY_MS_MAX: u64 = 60 * 60 * 1_000;

// ---- alerts ------------------------------------------------------------------------------------

/// A webhook that has not taken an alert by then, its connection and TLS included, is tried again later (ms).
pub const WEBHOOK_CALL_MS_MAX: u64 = 10_000;
/// A webhook whose answer has a longer head has not taken the alert (bytes). Its body is not read.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The longest wait after failed calls of a webhook (ms); the first is `BACK_OFF_MS_MIN`, it doubles, and half of
/// it is chance. An alert that is newer than the last attempt ends it once.
pub const WEBHOOK_BACK_OFF_MS_MAX: u64 = 60_000;
/// Of the number of a message no more characters are told to a webhook.
pub const WEBHOOK_NUMBER_CHARS_MAX: usize = 80;

// ---- rpc and TLS -------------------------------------------------------------------------------

/// A caller that has not finished the TLS handshake by then is dropped (milliseconds).
pub const HANDSHAKE_MS_MAX: u64 = 5_000;
/// When this many handshakes are under way, the oldest is dropped for each that comes: a good one is
/// done in milliseconds, and only silent ones grow old.
pub const HANDSHAKES_MAX: usize = 256;
/// Connections held open in all. A caller beyond is dropped after its handshake.
pub const CONNECTIONS_MAX: usize = 2_048;
/// Connections held open by the persons of the own Party. One beyond is dropped.
pub const CONNECTIONS_OWN_MAX: usize = 512;
/// Connections held open by one peer: more than 57 Parties at this bound leave room for our own.
pub const CONNECTIONS_PER_PEER_MAX: usize = 16;
/// Beside those, connections of one Party with keys that are in no key list held here: one for each task of
/// a link, and one that hands in lists. One beyond is dropped. With these too, 57 Parties leave room.
pub const CONNECTIONS_WITH_UNLISTED_KEY_MAX: usize = 10;
/// Such a connection is cut at this age, whatever it does (milliseconds).
pub const UNLISTED_KEY_CONNECTION_MS_MAX: u64 = 30_000;
/// An auditor's call given again under its id is the same reading for so long (milliseconds); then it is
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
/// Calls of one person of the own Party under way at once, over all their connections, streams among them; one more
/// is answered "not now" before its body is read. So no person fills the places of all at the registrar.
pub const CALLS_PER_PERSON_MAX: usize = 32;
/// Beside those of its node, calls under way at once of one Party's callers with keys in no key list held here.
pub const CALLS_WITH_UNLISTED_KEY_MAX: usize = 2;
/// A call whose answer has not begun by then is ended, also where its body still comes in drops
/// (milliseconds): longer than a Party that can't be dialled waits for what is owed to it. Answers that are
/// streams go on for as long as they are read.
pub const CALL_MS_MAX: u64 = COLLECT_WAIT_MS + 2 * PEER_CALL_MS_MAX;
/// Calls under way at once on one connection; further ones wait at the caller.
pub const CALLS_PER_CONNECTION_MAX: u32 = 128;
/// A call with longer headers is refused by HTTP/2 (bytes).
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// An answer with longer headers and trailers fails at whoever dialled (bytes). A refusal names all
/// faults of a form at once, in the trailers.
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
/// Fewer first digits of a message's digest are not taken for one.
pub const DIGEST_DIGITS_MIN: usize = 8;
/// Regimes of which what was read is kept, of a file's size each; the one that was asked for longest ago makes
/// room, and is read again when it is cited.
pub const REGIMES_READ_KEPT_MAX: usize = 16;
/// A page of threads holds no more; the rest comes with the next one.
pub const THREADS_PER_PAGE: usize = 200;
/// So many deliveries by hand that are open are listed in one answer; the next page is asked for.
pub const BY_HAND_PER_PAGE: usize = 200;
/// So many duties are listed in one answer; the next page is asked for.
pub const DUTIES_PER_PAGE: usize = 50;
/// Of the story of a duty so many steps are listed, the newest; the rest is counted. A peer makes it as long as it likes,
/// and the list has to come all the same.
pub const DUTY_STEPS_LISTED_MAX: usize = 64;
/// A page of one thread holds no more messages; the rest comes with the next one.
pub const THREAD_PAGE_MESSAGES: usize = 100;
/// A page of one thread is ended by the message that takes it to this size (bytes).
pub const THREAD_PAGE_BYTES: usize = 2 * 1024 * 1024;
/// One piece of an exported journal or bundle holds about so many bytes; one more entry may follow.
pub const EXPORT_PIECE_BYTES: usize = 1024 * 1024;
/// An auditor who does not read gets so many pieces ahead; then the export waits, and nothing else.
pub const EXPORT_PIECES_AHEAD_MAX: usize = 2;
/// A watch that does not read gets so many notices ahead; then its own stream waits, and nothing else.
pub const NOTICES_AHEAD_MAX: usize = 16;
/// So many open items are listed in one answer, those that must be done first; the rest is counted.
pub const NOW_ITEMS_MAX: usize = 50;
/// Of what their authors said later, all items of one answer together are read in no more messages: each has its share,
/// and what it leaves is for those behind it. How many were not looked at is marked with each.
pub const NOW_LATER_WORDS_READ_MAX: usize = 800;
/// Whether their authors took them back is read of no more open messages for one answer, those of the highest precedence
/// first; a further one is listed as one that stands.
pub const NOW_TAKEN_BACK_READ_MAX: usize = 800;
/// So many messages of this Party in a message's thread, the first that came after it, are looked at for a holding
/// reply to it; a later one is not found, and a further one is drafted without asking.
pub const HOLDING_REPLY_LOOKED_MAX: usize = 200;
/// Records looked through at once for a watch that catches up.
pub const NOTICE_RECORDS_MAX: usize = 256;

// ---- cli ---------------------------------------------------------------------------------------

/// Lines of the terminal that a page for one look must fit, the prompt below it among them; what does not fit is
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
/// A certificate made here is good for two years; `init` alone can be asked for another life of those that
/// it makes (milliseconds).
pub const CERTIFICATE_LIFE_MS: i64 = 730 * 24 * 3_600_000;
/// A revocation list made here is good for five weeks unless another life is asked for: whoever forgets
/// to publish the next one in time stops all calls that rely on it (milliseconds).
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
/// Translations of a message are looked for in so many of the threads that a copy of some message opened, the newest
/// first; in more they are not found from the original.
pub const THREADS_OF_COPIES_READ_MAX: usize = 100;
/// A console keeps no more sessions: of the Party that began most of them some are left out, those first in which
/// nothing waits for an officer and nothing was said for longest, and it says so.
pub const CONSOLE_SESSIONS_MAX: usize = 500;
/// The texts that a console keeps take no more together; of the Party whose texts take most the first ones are left
/// out, those last that wait for an officer, and it says so (bytes). A session as long as one may be has room.
pub const CONSOLE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What is typed at a console is kept on disk so long afterwards at most, and before it is given to the node; and it
/// rings its bell once in so long at most (milliseconds).
pub const CONSOLE_KEEP_MS: u64 = 500;
/// The longest wait of a console between two tries to reach its node (milliseconds); the first is `BACK_OFF_MS_MIN`,
/// it doubles, and half of it is chance.
pub const CONSOLE_BACK_OFF_MS_MAX: u64 = 5_000;
/// What was refused stands on a console so long at least, whatever is typed meanwhile (milliseconds).
pub const CONSOLE_REFUSED_MS: i64 = 4_000;
/// A console gives a text that the node could not take yet again after so long (milliseconds).
pub const CONSOLE_AGAIN_MS: i64 = 2_000;
/// A console asks its node so often whose node that one does not hear (milliseconds).
pub const CONSOLE_LINKS_MS: u64 = 3_000;

// ---- checks of links ---------------------------------------------------------------------------

/// A longer check schedule is refused unread (bytes).
pub const CHECK_SCHEDULE_BYTES_MAX: usize = 256 * 1024;
/// A check schedule with more links is refused: every Party in the OSCE area, and as many again.
pub const CHECK_LINKS_MAX: usize = 128;
/// More checks on one link are refused.
pub const CHECKS_PER_LINK_MAX: usize = 16;
/// More times of the day for one check are refused: every half hour.
pub const CHECK_TIMES_MAX: usize = 48;
/// More agreed check texts for one link are refused.
pub const CHECK_TEXTS_MAX: usize = 32;
/// Checks that follow each other faster, or slower, are refused (minutes): a heartbeat is what is faster, and a week
/// is the slowest that is practised.
pub const CHECK_INTERVAL_MINUTES_MIN: u32 = 5;
pub const CHECK_INTERVAL_MINUTES_MAX: u32 = 7 * 24 * 60;
/// An answer may be in time for at most so long (minutes).
pub const CHECK_WITHIN_MINUTES_MAX: u32 = 24 * 60;
/// After the time in which an answer counts, so long is waited for what is on its way before a check is put on
/// record as missed (ms). Longer only where the link's heartbeats can't tell yet whether it was up then.
pub const CHECK_GRACE_MS: i64 = 30_000;
/// A link whose check schedule asks for more checks within a day is refused: what is remembered of them lasts for two.
pub const CHECKS_A_DAY_MAX: usize = 512;
/// So many checks and answers of each end of a link are remembered; the oldest make room.
pub const CHECK_MESSAGES_KEPT_MAX: usize = 2 * CHECKS_A_DAY_MAX;
/// So many checks of a link are remembered with what came of them; the oldest make room. The journal keeps all.
pub const CHECK_STATES_KEPT_MAX: usize = 2 * CHECKS_A_DAY_MAX;
/// So many outages that each end of a link announced are remembered beside the other's, and looked at when a check is
/// missed. Where one end announces more that are not over, the oldest of its own make room: one on every weekday of a
/// year.
pub const OUTAGES_KEPT_MAX: usize = 256;
/// An announced outage that lasts longer is no reason for a missed check (ms): 31 days. Who does without a link for
/// longer agrees on another check schedule; a service message without an end would excuse all checks to come.
pub const OUTAGE_MS_MAX: i64 = 31 * 24 * 60 * 60 * 1_000;
/// An outage that was over so long ago makes room first (ms): by then no check that was due in it still waits.
pub const OUTAGE_REMEMBERED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// So many checks of one rule are looked at in one go; the rest follows at once.
pub const CHECKS_AT_ONCE_MAX: usize = 64;
/// So many of the last checks of a link are listed.
pub const CHECKS_LISTED_MAX: usize = 20;
/// So many of the checks that wait for an officer are listed; the rest is counted.
pub const CHECKS_WAITING_LISTED_MAX: usize = 50;
/// So many of them stand on the page of `watch now`; the rest is counted.
pub const CHECKS_ON_PAGE_MAX: usize = 2;
/// After a step of a check that could not be put on record, it is tried again after so long (ms).
pub const CHECK_REST_MS: u64 = 1_000;
/// A note on a check by telephone or fax may be no longer (bytes).
pub const CHECK_NOTE_BYTES_MAX: usize = 512;
/// A heartbeat may be sent no more seldom (seconds).
pub const HEARTBEAT_SECONDS_MAX: u32 = 3_600;
/// A link is called down when nothing was heard for the heartbeat's interval and so long more (ms): what a heartbeat
/// and its answer may take.
pub const HEARTBEAT_ANSWER_MS_MAX: i64 = 5_000;
/// After so many heartbeats in a row without an answer a link is called down without trying it once more.
pub const HEARTBEATS_MISSED_FOR_SURE: u64 = 3;
/// A ping of a link ends by then, whatever the other end does (ms).
pub const PING_MS_MAX: u64 = 8_000;
/// A check that came so long after it was due is answered no more (ms).
pub const CHECK_ANSWERED_WITHIN_MS: i64 = 24 * 60 * 60 * 1_000;
/// Of so many sessions a console's stream keeps what it was told; of more those that were touched longest ago begin
/// again once something of them is touched, as for a console that was told all before.
pub const CONSOLE_SESSIONS_TOLD_MAX: usize = 64;
