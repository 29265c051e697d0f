//! Fields read where they stand, from bytes written as every encoder here writes them: in the order of
//! their numbers, each in the shortest form, none that is empty or unknown.
//!
//! Never here: an error. What is not plain is `None`, and left to the decoder that names what is wrong.
//! So a plain message means what the decoder would read, and encoded again it gives the same bytes.
//! Source: protobuf.dev/programming-guides/encoding.

const VARINT: u32 = 0;
const LENGTH_DELIMITED: u32 = 2;

/// What is left to read of one message.
#[derive(Clone, Copy)]
pub(super) struct Plain<'b>(&'b [u8]);

impl<'b> Plain<'b> {
    pub fn of(bytes: &'b [u8]) -> Plain<'b> {
        Plain(bytes)
    }

    /// A number that is not zero; zero if it does not stand here.
    pub fn number(&mut self, field: u32) -> Option<u64> {
        if !self.takes_key(field, VARINT) {
            return Some(0);
        }
        self.varint().filter(|number| *number != 0)
    }

    pub fn u32(&mut self, field: u32) -> Option<u32> {
        self.number(field)?.try_into().ok()
    }

    /// The number of a choice.
    pub fn choice(&mut self, field: u32) -> Option<i32> {
        self.number(field)?.try_into().ok()
    }

    /// An `int64`: its two's complement.
    pub fn i64(&mut self, field: u32) -> Option<i64> {
        self.number(field).map(u64::cast_signed)
    }

    /// Bytes that are not empty; empty if they do not stand here.
    pub fn bytes(&mut self, field: u32) -> Option<&'b [u8]> {
        match self.message(field)? {
            Some([]) => None,
            Some(bytes) => Some(bytes),
            None => Some(&[]),
        }
    }

    pub fn text(&mut self, field: u32) -> Option<&'b str> {
        std::str::from_utf8(self.bytes(field)?).ok()
    }

    /// A message within this one, if it stands here. Also the next of a repeated field.
    pub fn message(&mut self, field: u32) -> Option<Option<&'b [u8]>> {
        if self.takes_key(field, LENGTH_DELIMITED) { self.delimited().map(Some) } else { Some(None) }
    }

    /// What each entry of a repeated field was read as.
    pub fn each<T>(&mut self, field: u32, mut read: impl FnMut(&'b [u8]) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        while let Some(one) = self.message(field)? {
            let one = read(one)?;
            if all.is_empty() {
                // Nearly always there is no more than one; unasked, a vector makes room for four.
                all.reserve_exact(1);
            }
            all.push(one);
        }
        Some(all)
    }

    /// Which message stands here, of those of a choice whose numbers take one byte.
    pub fn one_of(&mut self) -> Option<(u32, &'b [u8])> {
        let key = u32::from(*self.0.first()?);
        let field = key >> 3;
        if field == 0 || key > 0x7f {
            return None;
        }
        Some((field, self.message(field)??))
    }

    /// Nothing else may follow.
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    fn takes_key(&mut self, field: u32, wire_type: u32) -> bool {
        let key = field << 3 | wire_type;
        let rest = match self.0 {
            [only, rest @ ..] if u32::from(*only) == key && key < 0x80 => rest,
            [low, high, rest @ ..]
                if *low >= 0x80 && u32::from(*low & 0x7f) | u32::from(*high) << 7 == key && *high < 0x80 =>
            {
                if *high == 0 {
                    return false;
                }
                rest
            }
            _ => return false,
        };
        self.0 = rest;
        true
    }

    fn delimited(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        // Seven bits in each of ten bytes, the lowest first.
        for place in (0..64_u32).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            number |= bits << place;
            // Ten bytes hold 64 bits, and the last one of them.
            if place == 63 && bits > 1 {
                return None;
            }
            if *byte < 0x80 {
                return (bits != 0 || place == 0).then_some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_where_it_stands_and_is_zero_where_it_does_not() {
        // 1: 300, 2: "hi", 16: 7
        let bytes = [0x08, 0xac, 0x02, 0x12, 0x02, b'h', b'i', 0x80, 0x01, 0x07];
        let mut plain = Plain::of(&bytes);
        assert_eq!(plain.number(1), Some(300));
        assert_eq!(plain.text(2), Some("hi"));
        assert_eq!(plain.number(3), Some(0));
        assert!(plain.end().is_none(), "field 16 is left");
        assert_eq!(plain.u32(16), Some(7));
        assert!(plain.end().is_some());
    }

    #[test]
    fn what_no_encoder_here_writes_is_not_plain() {
        let number = |bytes: &[u8]| {
            let mut plain = Plain::of(bytes);
            plain.number(1).and_then(|number| plain.end().map(|()| number))
        };
        assert_eq!(number(&[0x08, 0x01]), Some(1));
        for odd in [
            &[0x08, 0x00][..],                                                   // zero, written out
            &[0x08, 0x81, 0x00],                                                 // too long a form
            &[0x88, 0x00, 0x01],                                                 // too long a key
            &[0x08, 0x01, 0x08, 0x01],                                           // twice
            &[0x08],                                                             // cut off
            &[0x0a, 0x01, 0x01],                                                 // of another type
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], // beyond 64 bits
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x01], // and longer
        ] {
            assert_eq!(number(odd), None, "{odd:x?}");
        }
        let most = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Plain::of(&most).i64(1), Some(-1));
        assert_eq!(Plain::of(&[0x0a, 0x00]).bytes(1), None, "empty, written out");
        assert_eq!(Plain::of(&[0x0a, 0x01, 0xff]).text(1), None, "no text");
        assert_eq!(Plain::of(&[0x0a, 0x02, 0x01]).bytes(1), None, "cut off");
    }
}
