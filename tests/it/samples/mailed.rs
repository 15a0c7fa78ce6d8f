//! Pages about email and invitations, and a letter.

use dormouse::web::view::*;

use super::{assets, full};

pub(super) fn sign_up(page: SignUpPage) -> SignUpPage {
    SignUpPage {
        is_proven: true,
        by_mail: true,
        ..page
    }
}

pub(super) fn card(name: &str) -> CardPage {
    CardPage {
        frame: Frame::signed_out(name, assets()),
        lines: vec![name.into()],
        error: Some(name.into()),
        act: Some((name.into(), "Yes")),
        links: vec![Link {
            label: name.into(),
            href: "/signin".into(),
        }],
    }
}

pub(super) fn reset(name: &str) -> ResetPage {
    ResetPage {
        frame: Frame::signed_out(name, assets()),
        email: name.into(),
        error: Some(name.into()),
    }
}

pub(super) fn new_password(name: &str) -> NewPasswordPage {
    NewPasswordPage {
        frame: Frame::signed_out(name, assets()),
        email: name.into(),
        action: name.into(),
        error: Some(name.into()),
    }
}

pub(super) fn mail(name: &str) -> MailPage {
    MailPage {
        frame: full(name),
        error: Some(name.into()),
        email: name.into(),
        is_verified: false,
        has_relay: true,
        has_scheduler: true,
        changing_to: Some(name.into()),
        typed: name.into(),
        edition: true,
        digest: true,
        notices: true,
        hour: name.into(),
        trouble: Some(name.into()),
    }
}

pub(super) fn invitations(name: &str) -> InvitationsPage {
    InvitationsPage {
        frame: full(name),
        here: "/settings/invitations",
        error: Some(name.into()),
        new_link: Some(name.into()),
        days: vec![ChoiceOption {
            value: "7".into(),
            label: name.into(),
            chosen: true,
        }],
        name: name.into(),
        uses: name.into(),
        rows: vec![InvitationRow {
            id: "0a".into(),
            name: name.into(),
            about: name.into(),
            used: name.into(),
            until: name.into(),
            is_open: true,
        }],
    }
}

/// A letter as HTML; the edition's part in it is sampled by itself.
pub(super) fn letter(name: &str) -> HtmlLetter<'static> {
    let says = Says {
        subject: name.into(),
        lines: vec![name.into()],
        link: Some((name.into(), name.into())),
        text: name.into(),
        foot: name.into(),
        stop: Some(name.into()),
        ..Says::default()
    };
    HtmlLetter {
        says: Box::leak(Box::new(says)),
    }
}
