//! Email addresses in the form by which accounts are found: one for everything that a mail server takes for the same.

use unicode_normalization::UnicodeNormalization;

use super::UserError;

/// The most bytes of an address (RFC 5321, section 4.5.3.1.3, less the brackets).
const MAX_BYTES: usize = 254;
/// The most bytes before the "@" (RFC 5321, section 4.5.3.1.1).
const MAX_NAME_BYTES: usize = 64;

/// An email address in the form by which accounts are found: in lower case, composed (NFC), its domain as name servers
/// know it (`xn--…`, IDNA as in UTS 46).
///
/// # Errors
/// [`UserError::BadEmail`] if nothing can be sent there.
pub fn normal_email(text: &str) -> Result<String, UserError> {
    let text: String = text.trim().nfc().collect();
    let (name, domain) = text.rsplit_once('@').ok_or(UserError::BadEmail)?;
    let name: String = name.to_lowercase().nfc().collect();
    let domain = domain_of(domain).ok_or(UserError::BadEmail)?;
    let email = format!("{name}@{domain}");
    match is_name(&name) && email.len() <= MAX_BYTES {
        true => Ok(email),
        false => Err(UserError::BadEmail),
    }
}

/// The part before the "@" as mail programs write it: no quotes, no blanks, no dots at an end or side by side (RFC 5321,
/// `Dot-string`; RFC 6531 lets other scripts in).
fn is_name(name: &str) -> bool {
    let is_known = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(c)
            || (!c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_hidden(c))
    };
    (1..=MAX_NAME_BYTES).contains(&name.len())
        && name.chars().all(is_known)
        && name.split('.').all(|part| !part.is_empty())
}

/// Characters that aren't seen, or turn the text around: two addresses would look the same.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A domain of letters, digits and hyphens; `None` if it can't be one.
fn domain_of(text: &str) -> Option<String> {
    let domain = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::STD3).ok()?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    // An address of four numbers is no domain.
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let last = domain.rsplit('.').next().unwrap_or_default();
    let fits = domain.len() <= 253 && domain.split('.').all(is_label) && !is_number(last);
    fits.then(|| domain.into_owned())
}

/// Whether two addresses, typed or stored, are the same one.
pub fn is_same_email(one: &str, other: &str) -> bool {
    match (normal_email(one), normal_email(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => typed_before(one) == typed_before(other),
    }
}

/// The form that addresses had before other scripts were known: as typed, in lower case.
fn typed_before(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The forms under which an account of this address may be found, the present one first. An address of plain letters has
/// one form.
pub(super) fn forms(text: &str) -> Vec<String> {
    let mut forms: Vec<String> = normal_email(text).into_iter().collect();
    let mut add = |form: String| {
        if !forms.contains(&form) && form.contains('@') {
            forms.push(form);
        }
    };
    let typed = typed_before(text);
    if let Some((name, domain)) = typed.rsplit_once('@')
        && domain.contains("xn--")
    {
        let (shown, is_whole) = idna::domain_to_unicode(domain);
        if is_whole.is_ok() {
            add(format!("{name}@{shown}"));
        }
    }
    add(typed);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_server_takes_for_the_same_is_the_same() {
        for (typed, normal) in [
            (" Ann@Example.ORG ", "ann@example.org"),
            ("ann+feeds@example.org", "ann+feeds@example.org"),
            ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
            ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
            // The letter, and the letter with its mark behind it.
            ("jose\u{301}@example.org", "jos\u{e9}@example.org"),
            ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
            ("ann@localhost", "ann@localhost"),
        ] {
            assert_eq!(normal_email(typed).ok().as_deref(), Some(normal), "{typed}");
            assert_eq!(normal_email(normal).ok().as_deref(), Some(normal));
        }
        assert!(is_same_email(
            "ANN@bücher.example",
            "ann@xn--bcher-kva.example"
        ));
        assert!(!is_same_email("ann@example.org", "anne@example.org"));
    }

    #[test]
    fn what_nothing_can_be_sent_to_is_refused() {
        let long = format!("{}@example.org", "x".repeat(65));
        let wide = format!("ann@{}.org", "x".repeat(64));
        for wrong in [
            "",
            "ann",
            "@example.org",
            "ann@",
            "ann@@example.org",
            "ann b@example.org",
            "ann@example.org\r\nBcc: eve@example.org",
            "ann@exam ple.org",
            "ann@-example.org",
            "ann@example..org",
            "ann@192.0.2.1",
            "ann@[192.0.2.1]",
            ".ann@example.org",
            "a..n@example.org",
            "\"ann\"@example.org",
            "ann<eve@example.org>",
            "an\u{202e}n@example.org",
            "an\u{200b}n@example.org",
            &long,
            &wide,
        ] {
            assert!(normal_email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn older_forms_are_looked_for_where_there_were_others() {
        assert_eq!(forms("Ann@Example.org"), ["ann@example.org"]);
        let all = ["ann@xn--bcher-kva.example", "ann@bücher.example"];
        assert_eq!(forms("ann@Bücher.example"), all);
        assert_eq!(forms("ann@xn--bcher-kva.example"), all);
    }
}
