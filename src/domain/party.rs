//! Who takes part: Parties, their incarnations, their offices.
//!
//! Never here: how a Party proves who it is (`evidence/` and `rpc/`).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::digest::Digest;
use crate::limits;

/// The short code of a Party: a State or an organisation. Two to twelve capital letters or digits, a
/// letter first, such as `BY`, `PL`, `OSCE`. ISO 3166-1 alpha-2 codes are used for States by custom.
///
/// Kept in place, padded with zeros, so that a Board of a million entries needs no allocation for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Party([u8; limits::PARTY_CODE_CHARS_MAX]);

/// By the alphabet, digits first. By one number, since everything on a Board is looked up by Party.
impl Ord for Party {
    fn cmp(&self, other: &Party) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl PartialOrd for Party {
    fn partial_cmp(&self, other: &Party) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Party {
    fn number(&self) -> u128 {
        let mut wide = [0_u8; 16];
        if let Some(beginning) = wide.first_chunk_mut() {
            *beginning = self.0;
        }
        u128::from_be_bytes(wide)
    }

    pub fn as_str(&self) -> &str {
        let code = self.0.split(|byte| *byte == 0).next();
        // Only ASCII letters and digits are let in.
        code.and_then(|code| std::str::from_utf8(code).ok()).unwrap_or_default()
    }
}

/// What is wrong with a Party's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Party's code is {} to {} capital letters or digits, a letter first, such as PL or OSCE",
    limits::PARTY_CODE_CHARS_MIN,
    limits::PARTY_CODE_CHARS_MAX
)]
pub struct NotAParty;

impl FromStr for Party {
    type Err = NotAParty;

    fn from_str(text: &str) -> Result<Party, NotAParty> {
        let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
        let right_length =
            (limits::PARTY_CODE_CHARS_MIN..=limits::PARTY_CODE_CHARS_MAX).contains(&text.len());
        let letter_first = text.as_bytes().first().is_some_and(u8::is_ascii_uppercase);
        if right_length && letter_first && text.bytes().all(allowed) {
            let mut code = [0; limits::PARTY_CODE_CHARS_MAX];
            code.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
            Ok(Party(code))
        } else {
            Err(NotAParty)
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which life of a Party's journal: 1, and one more after each loss.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Incarnation(pub u32);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whom a ledger is kept by, or kept for. The code alone would not do: nobody gives codes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LedgerEnd {
    pub party: Party,
    pub incarnation: Incarnation,
    /// Of the Party's first key list.
    pub fingerprint: Digest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_are_in_the_order_of_their_codes() {
        let codes =
            ["A1", "AB", "ABC", "B2", "BA", "BY", "BY1", "PL", "PLANETS", "PLANETS12345", "PLANETSX", "ZZ"];
        for one in codes {
            for other in codes {
                let parties: [Party; 2] = [one, other].map(|code| code.parse().unwrap());
                assert_eq!(parties[0].cmp(&parties[1]), one.cmp(other), "{one} {other}");
            }
        }
    }
}
