//! A letter as bytes (RFC 5322): plain text, and the same as HTML.

use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use url::Url;

use super::error::MailError;
use crate::clock::Clock;
use crate::random::Random;

/// What is sent to one address.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The language of both.
    pub language: &'static str,
    /// Where the reader ends letters of this kind with one request (RFC 8058); `None` for what they can't do without.
    pub unsubscribe: Option<Url>,
}

/// One line: what would begin another header is a space.
fn line(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    plain
        .chars()
        .take(200)
        .collect::<String>()
        .trim()
        .to_owned()
}

impl Letter {
    /// The bytes that a relay is given.
    pub(super) fn written(
        &self,
        (from, to): (&Mailbox, &Address),
        host: &str,
        clock: &Clock,
        random: &Random,
    ) -> Result<Vec<u8>, MailError> {
        // The part behind the "@" is a domain, whatever we are called.
        let host = match host.contains(['[', ':']) {
            true => "dormouse.invalid",
            false => host,
        };
        let mut message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(line(&self.subject))
            .date(clock.now().into())
            .message_id(Some(format!("<{}@{host}>", random.hex::<16>())));
        // Nobody's holiday notice answers it (RFC 3834).
        let mut headers = vec![
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("Content-Language", self.language.to_owned()),
        ];
        if let Some(url) = &self.unsubscribe {
            headers.push(("List-Unsubscribe", format!("<{url}>")));
            headers.push((
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ));
        }
        for (name, value) in headers {
            let name = HeaderName::new_from_ascii_str(name);
            message = message.raw_header(HeaderValue::new(name, value));
        }
        let part = |kind: ContentType, text: &str| {
            SinglePart::builder()
                .header(kind)
                .body(text.trim().to_owned() + "\n")
        };
        let both = MultiPart::alternative()
            .boundary(random.hex::<16>())
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        let message = message.multipart(both);
        let message = message.map_err(|error| MailError::Refused(error.to_string()))?;
        Ok(message.formatted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(letter: &Letter) -> String {
        let from: Mailbox = "Dormouse <reader@example.org>".parse().unwrap();
        let to: Address = letter.to.parse().unwrap();
        let at = crate::timestamp::from_second(1_772_452_800);
        let (clock, random) = (Clock::fixed(at), Random::seeded(1));
        let bytes = letter.written((&from, &to), "reader.example", &clock, &random);
        String::from_utf8(bytes.unwrap()).unwrap()
    }

    fn letter(subject: &str) -> Letter {
        Letter {
            to: "ann@example.org".into(),
            subject: subject.into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            language: "en",
            unsubscribe: Some(Url::parse("https://reader.example/mail/stop/1").unwrap()),
        }
    }

    #[test]
    fn the_headers_are_whole_and_of_our_own_clock() {
        let text = written(&letter("Hello"));
        for header in [
            "From: Dormouse <reader@example.org>\r\n",
            "To: ann@example.org\r\n",
            "Subject: Hello\r\n",
            "Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n",
            "@reader.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://reader.example/mail/stop/1>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(text.contains(header), "{header} in {text}");
        }
        assert_eq!(text, written(&letter("Hello")), "chance is handed in");
    }

    #[test]
    fn nothing_that_is_put_into_a_subject_begins_a_header() {
        let text = written(&letter("Hi\r\nBcc: eve@example.org\r\n\r\nBuy"));
        assert!(!text.contains("\r\nBcc:"), "{text}");
        assert!(text.contains("Subject: Hi  Bcc: eve@example.org"), "{text}");
    }
}
