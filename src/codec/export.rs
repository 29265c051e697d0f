//! An exported journal: every entry as it stands in the journal, then the node's signed checkpoint.
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
//! note is a C2SP tlog-checkpoint over all the records that count. A file that does not end with it was
//! cut short. It is read and written piece by piece. Never here: a look into entry or note.

use std::io::{self, Read, Write};

use bytes::Bytes;

use crate::limits;

const FIRST_LINE: &[u8] = b"detente journal export 1\n";
const ENTRY: u8 = 1;
const CHECKPOINT: u8 = 2;

/// Why a file can't be read further.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    #[error("the file does not begin as an exported journal of version 1")]
    NotAnExport,
    #[error("the file ends before the checkpoint that should end it: it was cut short")]
    CutShort,
    #[error("the file holds something that is neither an entry nor a checkpoint, after {entries} entries")]
    Piece { entries: u64 },
    #[error("a length in the file is over the limit, after {entries} entries")]
    TooLong { entries: u64 },
    #[error("the file goes on after its checkpoint")]
    GoesOn,
    #[error("the file can't be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Writes a file.
pub struct ExportWriter<W>(W);

impl<W: Write> ExportWriter<W> {
    pub fn begin(mut to: W) -> Result<ExportWriter<W>, ExportFault> {
        to.write_all(FIRST_LINE)?;
        Ok(ExportWriter(to))
    }

    pub fn entry(&mut self, entry: &[u8]) -> Result<(), ExportFault> {
        self.piece(ENTRY, entry, limits::EXPORT_ENTRY_BYTES_MAX)
    }

    /// Writes the checkpoint, and gives the medium back to be made durable.
    pub fn end(mut self, note: &[u8]) -> Result<W, ExportFault> {
        self.piece(CHECKPOINT, note, limits::NOTE_BYTES_MAX)?;
        self.0.flush()?;
        Ok(self.0)
    }

    fn piece(&mut self, kind: u8, bytes: &[u8], bytes_max: usize) -> Result<(), ExportFault> {
        let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= bytes_max);
        let length = length.ok_or(ExportFault::TooLong { entries: 0 })?;
        self.0.write_all(&[kind])?;
        self.0.write_all(&length.to_be_bytes())?;
        self.0.write_all(bytes)?;
        Ok(())
    }
}

/// One piece of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Entry(Bytes),
    /// The last one: nothing stands after it.
    Checkpoint(Bytes),
}

/// Reads a file, a piece at a time. Give it a buffered reader.
pub struct ExportReader<R> {
    from: R,
    entries: u64,
}

impl<R: Read> ExportReader<R> {
    pub fn begin(mut from: R) -> Result<ExportReader<R>, ExportFault> {
        let mut line = [0; FIRST_LINE.len()];
        match from.read_exact(&mut line) {
            Ok(()) if line == FIRST_LINE => Ok(ExportReader { from, entries: 0 }),
            Ok(()) => Err(ExportFault::NotAnExport),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ExportFault::NotAnExport),
            Err(error) => Err(error.into()),
        }
    }

    /// The next piece. After the checkpoint there is nothing to ask for.
    pub fn next_piece(&mut self) -> Result<Piece, ExportFault> {
        let mut heading = [0; 5];
        self.exactly(&mut heading)?;
        let [kind, length @ ..] = heading;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        match kind {
            ENTRY => {
                let entry = self.bytes(length, limits::EXPORT_ENTRY_BYTES_MAX)?;
                self.entries = self.entries.saturating_add(1);
                Ok(Piece::Entry(entry))
            }
            CHECKPOINT => {
                let note = self.bytes(length, limits::NOTE_BYTES_MAX)?;
                match self.from.read(&mut [0])? {
                    0 => Ok(Piece::Checkpoint(note)),
                    _ => Err(ExportFault::GoesOn),
                }
            }
            _ => Err(ExportFault::Piece { entries: self.entries }),
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

    fn read(file: &[u8]) -> Result<Vec<Piece>, ExportFault> {
        let mut reader = ExportReader::begin(file)?;
        let mut pieces = Vec::new();
        loop {
            pieces.push(reader.next_piece()?);
            if matches!(pieces.last(), Some(Piece::Checkpoint(_))) {
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
    fn an_export_cut_short_anywhere_or_made_longer_is_refused() {
        for length in 0..GOLDEN.len() {
            let (short, _) = GOLDEN.split_at(length);
            let fault = read(short).unwrap_err();
            let expected = if length < FIRST_LINE.len() {
                matches!(fault, ExportFault::NotAnExport)
            } else {
                matches!(fault, ExportFault::CutShort)
            };
            assert!(expected, "{length}: {fault}");
        }
        let longer = [GOLDEN, b"x"].concat();
        assert!(matches!(read(&longer), Err(ExportFault::GoesOn)));
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_any_of_it_is_held() {
        let file = [FIRST_LINE, b"\x01\xff\xff\xff\xff"].concat();
        assert!(matches!(read(&file), Err(ExportFault::TooLong { entries: 0 })));
    }
}
