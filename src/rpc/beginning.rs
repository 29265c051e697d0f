//! A digest named by its first digits: the only one on record that begins so.
//!
//! Never here: a guess. Where two begin so, whoever asks is told to give more.

use tonic::Status;

use super::status;
use crate::domain::digest::Digest;
use crate::limits;

/// The only one that begins so, with what is known of it. `not_below` gives what there is in the order of
/// digests, from the first that is not below the one it is given.
///
/// # Errors
/// Too few digits, others than lower-case hexadecimal ones, or more than one begins so.
pub(super) fn only_one<'a, T, I: Iterator<Item = (&'a Digest, T)>>(
    what: &str,
    beginning: &str,
    not_below: impl FnOnce(Digest) -> I,
) -> Result<Option<(Digest, T)>, Status> {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if beginning.len() < limits::DIGEST_DIGITS_MIN || !beginning.bytes().all(digits) {
        return Err(status::field("beginning", "lower-case hexadecimal digits, the first 8 at least"));
    }
    // The first that could begin so; none at all if there are too many digits.
    let Some(first) = Digest::from_hex(&format!("{beginning:0<64}")) else { return Ok(None) };
    let mut found = not_below(first).take_while(|(digest, _)| digest.to_string().starts_with(beginning));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some((digest, known)), None) => Ok(Some((*digest, known))),
        (Some(_), Some(_)) => {
            let rule = format!("more than one {what} begins so; give more digits");
            Err(status::field("beginning", rule))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn only_what_is_unique_is_found_and_nothing_is_guessed() {
        let mut held: BTreeMap<Digest, u8> = BTreeMap::new();
        let near = |last| Digest(std::array::from_fn(|at| if at == 31 { last } else { 0xab }));
        held.extend([(near(1), 1), (near(2), 2), (Digest([0xff; 32]), 3)]);
        let ask = |beginning: &str| only_one("part", beginning, |first| held.range(first..));
        assert_eq!(ask("ffffffff").unwrap(), Some((Digest([0xff; 32]), &3)));
        assert_eq!(ask(&near(1).to_string()).unwrap(), Some((near(1), &1)));
        assert_eq!(ask("00000000").unwrap(), None);
        assert_eq!(ask(&"f".repeat(65)).unwrap(), None);
        for not_one in ["abababab", "fffffff", "FFFFFFFF", "ffffffg0", ""] {
            assert!(ask(not_one).is_err(), "{not_one}");
        }
    }
}
