//! An exported journal: every entry as it stands in the journal, with a checkpoint that the node signed.
//!
//! The format, version 1. Numbers are big-endian.
//!
//! ```text
//! "detente journal export 1\n"                            25 bytes
//! 0x01  length of the entry (4 bytes)  the entry          for each entry, void ones too, in order
//! 0x02  length of the note (4 bytes)   the note           once, and last
//! ```
//!
//! An entry is the exact bytes of a Signed that holds a Record, or whatever else stood in its place. The
//! note is a C2SP tlog-checkpoint over all the records that count: a running node signs it for the export.
//!
//! What was copied out of a node's directory, with no node, says so at once, since nobody vouches for its
//! end:
//!
//! ```text
//! "detente journal export 1\n"                            25 bytes
//! 0x03  length of the note (4 bytes)   the note           once, and first: the checkpoint that was kept beside
//!                                                         the journal, over the records up to some time before;
//!                                                         of length 0 if none was
//! 0x01  length of the entry (4 bytes)  the entry          for each entry that could be read, in order
//! 0x04  8 (4 bytes)                    how many (8 bytes) in its place: so many positions hold nothing that could
//!                                                         be read
//! 0x05  0 (4 bytes)                                       once, and last
//! ```
//!
//! A file that does not end as it must was cut short. It is read and written piece by piece. Never here: a
//! look into entry or note.

use std::io::{self, Read, Write};

use bytes::Bytes;

use crate::limits;

const FIRST_LINE: &[u8] = b"detente journal export 1\n";
const ENTRY: u8 = 1;
const CHECKPOINT: u8 = 2;
const KEPT: u8 = 3;
const NOTHING: u8 = 4;
const END: u8 = 5;

/// Whether a file begins as an exported journal.
pub fn begins_as_export(file: &[u8]) -> bool {
    file.starts_with(FIRST_LINE)
}

/// Why a file can't be read further.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    #[error("the file does not begin as an exported journal of version 1")]
    NotAnExport,
    #[error("the file ends before what should end it: it was cut short")]
    CutShort,
    #[error("the file holds something that does not belong in its place, after {entries} entries")]
    Piece { entries: u64 },
    #[error("a length in the file is over the limit, after {entries} entries")]
    TooLong { entries: u64 },
    #[error("the file goes on after its end")]
    GoesOn,
    #[error("the file can't be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Writes what a running node gives.
pub struct ExportWriter<W>(W);

impl<W: Write> ExportWriter<W> {
    pub fn begin(mut to: W) -> Result<ExportWriter<W>, ExportFault> {
        to.write_all(FIRST_LINE)?;
        Ok(ExportWriter(to))
    }

    pub fn entry(&mut self, entry: &[u8]) -> Result<(), ExportFault> {
        write(&mut self.0, ENTRY, entry, limits::EXPORT_ENTRY_BYTES_MAX)
    }

    /// Writes the checkpoint, and gives the medium back to be made durable.
    pub fn end(mut self, note: &[u8]) -> Result<W, ExportFault> {
        write(&mut self.0, CHECKPOINT, note, limits::NOTE_BYTES_MAX)?;
        self.0.flush()?;
        Ok(self.0)
    }
}

/// Writes what is copied out of a directory.
pub struct CopyWriter<W>(W);

impl<W: Write> CopyWriter<W> {
    /// `kept` is the checkpoint beside the journal; empty if there is none.
    pub fn begin(mut to: W, kept: &[u8]) -> Result<CopyWriter<W>, ExportFault> {
        to.write_all(FIRST_LINE)?;
        write(&mut to, KEPT, kept, limits::NOTE_BYTES_MAX)?;
        Ok(CopyWriter(to))
    }

    pub fn entry(&mut self, entry: &[u8]) -> Result<(), ExportFault> {
        write(&mut self.0, ENTRY, entry, limits::EXPORT_ENTRY_BYTES_MAX)
    }

    /// So many positions in a row hold nothing that could be read.
    pub fn nothing(&mut self, positions: u64) -> Result<(), ExportFault> {
        write(&mut self.0, NOTHING, &positions.to_be_bytes(), 8)
    }

    /// Gives the medium back to be made durable.
    pub fn end(mut self) -> Result<W, ExportFault> {
        write(&mut self.0, END, &[], 0)?;
        self.0.flush()?;
        Ok(self.0)
    }
}

fn write(to: &mut impl Write, kind: u8, bytes: &[u8], bytes_max: usize) -> Result<(), ExportFault> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= bytes_max);
    let length = length.ok_or(ExportFault::TooLong { entries: 0 })?;
    to.write_all(&[kind])?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(bytes)?;
    Ok(())
}

/// One piece of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Entry(Bytes),
    /// The last one of what a running node gave: nothing stands after it.
    Checkpoint(Bytes),
    /// The first one of what was copied out of a directory; empty if no checkpoint was kept there.
    Kept(Bytes),
    /// So many positions hold nothing that could be read.
    Nothing(u64),
    /// The last one of what was copied out of a directory.
    End,
}

/// Reads a file, a piece at a time. Give it a buffered reader.
pub struct ExportReader<R> {
    from: R,
    entries: u64,
    made: Made,
}

/// By whom the file was made, as its first piece says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// No piece was read yet.
    NotSaid,
    ByNode,
    ByCopying,
}

impl<R: Read> ExportReader<R> {
    pub fn begin(mut from: R) -> Result<ExportReader<R>, ExportFault> {
        let mut line = [0; FIRST_LINE.len()];
        match from.read_exact(&mut line) {
            Ok(()) if line == FIRST_LINE => Ok(ExportReader { from, entries: 0, made: Made::NotSaid }),
            Ok(()) => Err(ExportFault::NotAnExport),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ExportFault::NotAnExport),
            Err(error) => Err(error.into()),
        }
    }

    /// The next piece. After the checkpoint or the end there is nothing to ask for.
    pub fn next_piece(&mut self) -> Result<Piece, ExportFault> {
        let mut heading = [0; 5];
        self.exactly(&mut heading)?;
        let [kind, length @ ..] = heading;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        match (kind, self.made) {
            (KEPT, Made::NotSaid) => {
                self.made = Made::ByCopying;
                Ok(Piece::Kept(self.bytes(length, limits::NOTE_BYTES_MAX)?))
            }
            (ENTRY, made) => {
                if made == Made::NotSaid {
                    self.made = Made::ByNode;
                }
                let entry = self.bytes(length, limits::EXPORT_ENTRY_BYTES_MAX)?;
                self.entries = self.entries.saturating_add(1);
                Ok(Piece::Entry(entry))
            }
            (NOTHING, Made::ByCopying) if length == 8 => {
                let mut positions = [0; 8];
                self.exactly(&mut positions)?;
                Ok(Piece::Nothing(u64::from_be_bytes(positions)))
            }
            (CHECKPOINT, Made::NotSaid | Made::ByNode) => {
                let note = self.bytes(length, limits::NOTE_BYTES_MAX)?;
                self.nothing_follows(Piece::Checkpoint(note))
            }
            (END, Made::ByCopying) if length == 0 => self.nothing_follows(Piece::End),
            _ => Err(ExportFault::Piece { entries: self.entries }),
        }
    }

    fn nothing_follows(&mut self, last: Piece) -> Result<Piece, ExportFault> {
        match self.from.read(&mut [0])? {
            0 => Ok(last),
            _ => Err(ExportFault::GoesOn),
        }
    }

    fn bytes(&mut self, length: usize, bytes_max: usize) -> Result<Bytes, ExportFault> {
        if length > bytes_max {
            return Err(ExportFault::TooLong { entries: self.entries });
        }
        let mut bytes = vec![0; length];
        self.exactly(&mut bytes)?;
        Ok(bytes.into())
    }

    fn exactly(&mut self, to: &mut [u8]) -> Result<(), ExportFault> {
        self.from.read_exact(to).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ExportFault::CutShort,
            _ => error.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &[u8] = b"detente journal export 1\n\
        \x01\x00\x00\x00\x03one\
        \x01\x00\x00\x00\x00\
        \x02\x00\x00\x00\x05note\n";

    const GOLDEN_COPY: &[u8] = b"detente journal export 1\n\
        \x03\x00\x00\x00\x05note\n\
        \x01\x00\x00\x00\x03one\
        \x04\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x02\
        \x01\x00\x00\x00\x00\
        \x05\x00\x00\x00\x00";

    fn read(file: &[u8]) -> Result<Vec<Piece>, ExportFault> {
        let mut reader = ExportReader::begin(file)?;
        let mut pieces = Vec::new();
        loop {
            pieces.push(reader.next_piece()?);
            if matches!(pieces.last(), Some(Piece::Checkpoint(_) | Piece::End)) {
                return Ok(pieces);
            }
        }
    }

    #[test]
    fn an_export_has_golden_bytes_and_comes_back_the_same() {
        let mut writer = ExportWriter::begin(Vec::new()).unwrap();
        writer.entry(b"one").unwrap();
        writer.entry(b"").unwrap();
        assert_eq!(writer.end(b"note\n").unwrap(), GOLDEN);
        let pieces = read(GOLDEN).unwrap();
        let expected = [
            Piece::Entry(Bytes::from_static(b"one")),
            Piece::Entry(Bytes::new()),
            Piece::Checkpoint(Bytes::from_static(b"note\n")),
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn a_copy_has_golden_bytes_and_comes_back_the_same() {
        let mut writer = CopyWriter::begin(Vec::new(), b"note\n").unwrap();
        writer.entry(b"one").unwrap();
        writer.nothing(2).unwrap();
        writer.entry(b"").unwrap();
        assert_eq!(writer.end().unwrap(), GOLDEN_COPY);
        let pieces = read(GOLDEN_COPY).unwrap();
        let expected = [
            Piece::Kept(Bytes::from_static(b"note\n")),
            Piece::Entry(Bytes::from_static(b"one")),
            Piece::Nothing(2),
            Piece::Entry(Bytes::new()),
            Piece::End,
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn an_export_cut_short_anywhere_or_made_longer_is_refused() {
        for golden in [GOLDEN, GOLDEN_COPY] {
            for length in 0..golden.len() {
                let (short, _) = golden.split_at(length);
                let fault = read(short).unwrap_err();
                let expected = if length < FIRST_LINE.len() {
                    matches!(fault, ExportFault::NotAnExport)
                } else {
                    matches!(fault, ExportFault::CutShort)
                };
                assert!(expected, "{length}: {fault}");
            }
            let longer = [golden, b"x"].concat();
            assert!(matches!(read(&longer), Err(ExportFault::GoesOn)));
        }
    }

    #[test]
    fn no_piece_of_one_kind_of_file_stands_in_the_other() {
        let pieces: [&[u8]; 5] = [
            b"\x01\x00\x00\x00\x03one",
            b"\x02\x00\x00\x00\x05note\n",
            b"\x03\x00\x00\x00\x05note\n",
            b"\x04\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x02",
            b"\x05\x00\x00\x00\x00",
        ];
        let [entry, checkpoint, kept, nothing, end] = pieces;
        for wrong in [
            [entry, kept],
            [entry, nothing],
            [entry, end],
            [kept, kept],
            [kept, checkpoint],
            [nothing, end],
            [end, end],
        ] {
            let fault = read(&[FIRST_LINE, &wrong.concat()].concat()).unwrap_err();
            assert!(matches!(fault, ExportFault::Piece { .. }), "{wrong:?}: {fault}");
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_any_of_it_is_held() {
        let file = [FIRST_LINE, b"\x01\xff\xff\xff\xff"].concat();
        assert!(matches!(read(&file), Err(ExportFault::TooLong { entries: 0 })));
    }
}
