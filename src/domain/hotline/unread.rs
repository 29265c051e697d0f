//! When a text counts as unread, for whoever counts: the list of sessions, a console.
//!
//! Never here: what nobody of a Party has acknowledged, texts or not (`domain/watch/`).

/// Who of a reader's own Party has read a text of another Party's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadHere {
    pub by_reader: bool,
    pub by_anybody: bool,
}

/// Whether it is unread for this reader: who has not read it, whoever else has; where the session is closed, only what
/// nobody has read.
pub fn is_unread(read: ReadHere, is_closed: bool) -> bool {
    !(read.by_reader || is_closed && read.by_anybody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_officer_reads_for_themselves_until_the_session_is_closed() {
        let unread = |by_reader, by_anybody| {
            [false, true].map(|is_closed| is_unread(ReadHere { by_reader, by_anybody }, is_closed))
        };
        assert_eq!(unread(false, false), [true, true]);
        assert_eq!(unread(false, true), [true, false]);
        assert_eq!(unread(true, true), [false, false]);
    }
}
