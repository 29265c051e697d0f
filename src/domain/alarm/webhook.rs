//! A webhook: a place outside to which alerts are told, as two custodians agreed on it.
//!
//! Never here: a call, or whether its authority's certificate can be read (whoever takes the change).

use crate::domain::office::OfficeKey;
use crate::domain::office::key_of;
use crate::domain::refusal::Refusal;
use crate::domain::roster::Roster;
use crate::domain::text::is_unsafe_to_show;
use crate::limits;

/// Where alerts are told outside, as two custodians agreed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Webhook {
    /// By which it is known.
    pub name: String,
    /// `https://host[:port][/path]`.
    pub url: String,
    /// PEM: to one of these its certificate must chain.
    pub authority: String,
    /// Of whose alerts it is told; none: of all.
    pub offices: Vec<String>,
    /// Below FLASH.
    pub calls_per_hour: u32,
}

/// Where a webhook listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// A name, or an address without brackets.
    pub host: String,
    pub port: u16,
    /// What the `Host` header says (RFC 9110, 7.2).
    pub authority: String,
    /// Path and query, beginning with a slash.
    pub path: String,
}

/// RFC 9110, 4.2.2.
const PORT: u16 = 443;

impl Address {
    /// Reads a URL (RFC 3986) of the scheme https.
    ///
    /// # Errors
    /// What is wrong with it, in words that quote nothing of it.
    pub fn read(url: &str) -> Result<Address, &'static str> {
        let rest =
            url.strip_prefix("https://").ok_or("begins with https://: nothing is told in the clear")?;
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("holds visible ASCII characters alone; others are written with %");
        }
        if rest.contains('#') {
            return Err("has no fragment");
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("holds no credentials");
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(literal) => literal.split_once(']').ok_or("closes the bracket of its address")?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || !host.chars().all(is_host) {
            return Err("names a host, or an address");
        }
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => PORT,
            Some(digits) => {
                let port = digits.parse().ok().filter(|port| *port != 0);
                port.ok_or("has a port from 1 to 65535, or none")?
            }
            None => return Err("names a host, or an address"),
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Address { host: host.to_owned(), port, authority: authority.to_owned(), path })
    }
}

impl Webhook {
    /// # Errors
    /// A name, URL, authority, office or budget that can't be, with its field.
    pub fn check(&self, roster: &Roster) -> Result<(), Refusal> {
        let field = |field, rule: &str| Err(Refusal::Field { field, rule: rule.into() });
        let is_name = |c: char| !c.is_whitespace() && !is_unsafe_to_show(c);
        if self.name.is_empty()
            || self.name.len() > limits::WEBHOOK_NAME_BYTES_MAX
            || !self.name.chars().all(is_name)
        {
            return field("webhook.name", "one word, within the limit");
        }
        if self.url.len() > limits::LINE_BYTES_MAX {
            return field("webhook.url", "within the limit of a line");
        }
        if let Err(rule) = Address::read(&self.url) {
            return field("webhook.url", rule);
        }
        if self.authority.is_empty() || self.authority.len() > limits::WEBHOOK_AUTHORITY_BYTES_MAX {
            return field(
                "webhook.authority",
                "PEM, within the limit; no authority of the system is trusted",
            );
        }
        if self.offices.len() > limits::OFFICES_MAX
            || self.offices.iter().any(|code| roster.offices.get(code).is_none())
        {
            return field("webhook.offices", "each an office that is listed (`office list`)");
        }
        if self.calls_per_hour == 0 || self.calls_per_hour > limits::WEBHOOK_CALLS_PER_HOUR_MAX {
            return field("webhook.calls_per_hour", "one at least, within the limit");
        }
        Ok(())
    }

    /// Whether it is told of all that another is told of.
    pub fn is_for_all_of(&self, other: &Webhook) -> bool {
        let own: Vec<OfficeKey> = self.offices.iter().map(|code| key_of(code)).collect();
        self.offices.is_empty()
            || !other.offices.is_empty() && other.offices.iter().all(|code| own.contains(&key_of(code)))
    }

    /// Whether it is told of an alert that is for these offices; none: for all.
    pub fn is_for(&self, offices: &[OfficeKey]) -> bool {
        let named = |code: &String| offices.contains(&key_of(code));
        self.offices.is_empty() || offices.is_empty() || self.offices.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_is_read_into_where_to_call() {
        let read = |url: &str| Address::read(url).map(|at| (at.host, at.port, at.authority, at.path));
        let expected = |host: &str, port, authority: &str, path: &str| {
            Ok((host.to_owned(), port, authority.to_owned(), path.to_owned()))
        };
        assert_eq!(read("https://a.example"), expected("a.example", 443, "a.example", "/"));
        assert_eq!(read("https://a:8/x?y=1"), expected("a", 8, "a:8", "/x?y=1"));
        assert_eq!(read("https://10.0.0.1?y"), expected("10.0.0.1", 443, "10.0.0.1", "/?y"));
        assert_eq!(read("https://[::1]:9000/x"), expected("::1", 9000, "[::1]:9000", "/x"));
    }

    #[test]
    fn what_is_no_https_or_holds_credentials_is_no_url_of_a_webhook() {
        for wrong in [
            "http://a/",
            "HTTPS://a/",
            "https://",
            "https:///x",
            "https://user:secret@a/",
            "https://a/#x",
            "https://a:0/",
            "https://a:65536/",
            "https://a:/",
            "https://[::1/",
            "https://[::1]x/",
            "https://a b/",
            "https://a/\u{202e}",
            "https://a/\r\nX: y",
        ] {
            assert!(Address::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_webhook_of_an_office_is_told_of_what_is_for_it_or_for_all() {
        let webhook = |offices: &[&str]| Webhook {
            name: "pager".into(),
            url: "https://a/".into(),
            authority: "PEM".into(),
            offices: offices.iter().map(|code| (*code).to_owned()).collect(),
            calls_per_hour: 1,
        };
        let to = |codes: &[&str]| codes.iter().map(|code| OfficeKey::from(*code)).collect::<Vec<_>>();
        for (offices, alert, expected) in [
            (&[][..], &["mfa"][..], true),
            (&["GS"], &[], true),
            (&["GS"], &["gs", "mfa"], true),
            (&["GS"], &["mfa"], false),
        ] {
            assert_eq!(webhook(offices).is_for(&to(alert)), expected, "{offices:?} {alert:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reading_or_a_header(text in "(https://)?\\PC{0,40}") {
            if let Ok(address) = Address::read(&text) {
                let all = format!("{}{}", address.authority, address.path);
                prop_assert!(all.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
